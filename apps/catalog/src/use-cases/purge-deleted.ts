import type { Clock } from '@earmark/service-kit';
import type { ExpiredSet, ManifestStore, TombstoneStore, Transactions } from '../ports.js';

const SETS_AT_ONCE = 100;
const ROWS_AT_ONCE = 10_000;

interface Ports {
  readonly tombstones: TombstoneStore;
  readonly manifests: ManifestStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
  /** How long deleted things are kept, in milliseconds. */
  readonly graceMs: number;
}

/** Removes the rows and manifests of sets and datasets that were deleted longer ago than the grace period. Safe to repeat. */
export class PurgeDeleted {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { tombstones, clock, graceMs } = this.ports;
    const deletedBefore = new Date(clock.now().getTime() - graceMs);
    for (;;) {
      const expired = await tombstones.expiredSets(deletedBefore, SETS_AT_ONCE);
      if (expired.length === 0) break;
      for (const set of expired) await this.#erase(set);
    }
    await tombstones.eraseDatasets(deletedBefore);
  }

  /** The object goes first: when we die between the two, the row still says what is left to do. */
  async #erase(set: ExpiredSet): Promise<void> {
    const { tombstones, manifests, transactions } = this.ports;
    if (set.manifestKey !== null) {
      const inUse = await tombstones.manifestsInUse(set.tenantId, [set.manifestKey], set.annotationSetId);
      if (!inUse.has(set.manifestKey)) await manifests.remove([set.manifestKey]);
    }
    while ((await transactions.transaction(() => tombstones.eraseSome(set, ROWS_AT_ONCE))) > 0);
  }
}

/** Removes manifests that no set refers to: what a publish wrote before it failed. Younger ones than the grace period stay. */
export class RemoveOrphanManifests {
  constructor(private readonly ports: Omit<Ports, 'transactions'>) {}

  async execute(): Promise<void> {
    const { tombstones, manifests, clock, graceMs } = this.ports;
    const writtenBefore = new Date(clock.now().getTime() - graceMs);
    for (const tenantId of await tombstones.tenants()) {
      for await (const keys of manifests.listOlder(tenantId, writtenBefore)) {
        const inUse = await tombstones.manifestsInUse(tenantId, keys, null);
        await manifests.remove(keys.filter((key) => !inUse.has(key)));
      }
    }
  }
}
