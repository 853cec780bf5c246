import type { Clock } from '@earmark/service-kit';
import type { AudioFileStore, AudioObjects, ContentPlace, ContentStore } from '../ports.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly contents: ContentStore;
  readonly objects: AudioObjects;
  readonly clock: Clock;
  readonly graceMs: number;
}

const BATCH_SIZE = 200;
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
      const expired = await files.expired(limits, BATCH_SIZE);
      for (const file of expired) if (await files.erase(file, limits)) await objects.removeUpload(file);
      if (expired.length < BATCH_SIZE) return;
    }
  }

  async #contents(): Promise<void> {
    const { contents, clock, graceMs } = this.ports;
    const untouchedSince = new Date(clock.now().getTime() - graceMs);
    for (;;) {
      const orphans = await contents.orphans(untouchedSince, BATCH_SIZE);
      let collected = 0;
      for (const orphan of orphans) if (await this.#collect(orphan)) collected += 1;
      if (orphans.length < BATCH_SIZE || collected === 0) return;
    }
  }

  /** When we die after the objects went, the row is still marked, and the next collection ends it. */
  async #collect(content: ContentPlace): Promise<boolean> {
    const { contents, objects } = this.ports;
    if (!(await contents.beginCollection(content))) return false;
    await objects.removeContent(content);
    await contents.endCollection(content);
    return true;
  }
}
