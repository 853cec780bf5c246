import type { Clock } from '@earmark/service-kit';
import type { AudioFileStore, AudioObjects, ContentStore } from '../ports.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly contents: ContentStore;
  readonly objects: AudioObjects;
  readonly clock: Clock;
  readonly graceMs: number;
}

const BLOCK = 200;
/** An upload that was never confirmed is kept for a day, however short the grace period. */
const RESERVATION_MS = 86_400_000;

/** Removes what deletion left: rows of deleted and abandoned files, then contents that no file refers to any more. */
export class CollectGarbage {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    await this.#files();
    await this.#contents();
  }

  async #files(): Promise<void> {
    const { files, objects, clock, graceMs } = this.ports;
    const now = clock.now().getTime();
    const limits = { deletedBefore: new Date(now - graceMs), reservedBefore: new Date(now - RESERVATION_MS) };
    for (;;) {
      const doomed = await files.doomed(limits, BLOCK);
      for (const file of doomed) await files.erase(file, limits, () => objects.removeUpload(file));
      if (doomed.length < BLOCK) return;
    }
  }

  async #contents(): Promise<void> {
    const { contents, objects, clock, graceMs } = this.ports;
    const untouchedSince = new Date(clock.now().getTime() - graceMs);
    for (;;) {
      const orphans = await contents.orphans(untouchedSince, BLOCK);
      let collected = 0;
      for (const orphan of orphans) if (await contents.collect(orphan, () => objects.removeContent(orphan))) collected += 1;
      if (orphans.length < BLOCK || collected === 0) return;
    }
  }
}
