import type { Clock } from '@earmark/service-kit';
import type { ArtefactStore, DoomedModel, TombstoneStore } from '../ports.js';

const BLOCK = 100;

interface Ports {
  readonly tombstones: TombstoneStore;
  readonly artefacts: ArtefactStore;
  readonly clock: Clock;
  /** How long the files of archived models and deleted organisations are kept, in milliseconds. */
  readonly graceMs: number;
}

/** Removes files of models archived longer ago than the grace period, and everything of organisations deleted before it. Safe to repeat. */
export class CollectArtefacts {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { tombstones, clock, graceMs } = this.ports;
    const now = clock.now();
    const before = new Date(now.getTime() - graceMs);
    await this.#collect(
      () => tombstones.archivedModels(before, BLOCK),
      (model) => tombstones.recordArtefactsRemoved(model, now),
    );
    await this.#collect(
      () => tombstones.orphanedModels(before, BLOCK),
      (model) => tombstones.erase(model),
    );
    // Also what a training of theirs stored and could no longer register.
    for (const tenantId of await tombstones.deletedTenants(before)) await this.ports.artefacts.removeTenant(tenantId);
    await tombstones.eraseTenantRecords(before);
  }

  /** Objects go first: when we die between the two, the row still says what is left to do. */
  async #collect(find: () => Promise<DoomedModel[]>, settle: (model: DoomedModel) => Promise<void>): Promise<void> {
    for (let found = await find(); found.length > 0; found = await find()) {
      for (const model of found) {
        await this.ports.artefacts.removeModel(model);
        await settle(model);
      }
    }
  }
}
