import { metrics, type Clock, type Logger } from '@earmark/service-kit';
import type { TenantHolder } from '@earmark/contracts';
import type { AudioOwners, AudioPins, TombstoneStore } from '../ports.js';

interface Ports {
  readonly tombstones: TombstoneStore;
  readonly audioPins: AudioPins;
  readonly audioOwners: AudioOwners;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What is younger may belong to something that is just being made, in milliseconds. */
  readonly graceMs: number;
}

/** At least this old, however short the grace period: a publish in hand has pins and no published set. */
const MIN_AGE_MS = 600_000;

const found = metrics.gauge({
  name: 'earmark_orphans',
  help: 'What the last reconciliation found that nothing refers to, by kind',
  labels: ['what'],
});

/** Finds pins of sets that are not published (any more) and audio of datasets that are gone, counts them and gives them up. */
export class ReconcileAudio {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { tombstones, audioPins, audioOwners, clock, graceMs } = this.ports;
    const before = new Date(clock.now().getTime() - Math.max(graceMs, MIN_AGE_MS));
    const sets = audioPins.holders(before);
    await this.#giveUp(
      'audio pin',
      sets,
      (ids) => tombstones.publishedSets(ids),
      (set) => audioPins.unpinSet(set),
    );
    const datasets = audioOwners.datasets(before);
    await this.#giveUp(
      'dataset audio',
      datasets,
      (ids) => tombstones.livingDatasets(ids),
      (one) => audioOwners.release(one),
    );
  }

  async #giveUp(
    what: string,
    pages: AsyncIterable<readonly TenantHolder[]>,
    known: (ids: readonly string[]) => Promise<Set<string>>,
    release: (one: TenantHolder) => Promise<void>,
  ): Promise<void> {
    let count = 0;
    for await (const page of pages) {
      const kept = await known(page.map(({ id }) => id));
      const orphans = page.filter(({ id }) => !kept.has(id));
      for (const orphan of orphans) await release(orphan);
      count += orphans.length;
    }
    found.set({ what }, count);
    if (count > 0) this.ports.logger.warn({ what, count }, 'reconciliation gave up what nothing refers to');
  }
}
