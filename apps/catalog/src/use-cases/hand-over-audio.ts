import type { AudioHandover, AudioPins } from '../ports.js';

interface Ports {
  readonly handover: AudioHandover;
  readonly audioPins: AudioPins;
}

const BATCH_SIZE = 1000;
const SETS_AT_ONCE = 10;

/**
 * Hands ingest what it did not keep in earlier versions: speakers and sources that annotations named, and pins of sets published
 * before there were pins. Every step may be repeated; there is nothing left to do after the first run that ends.
 */
export class HandOverAudio {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    await this.#labels();
    await this.#pins();
  }

  async #labels(): Promise<void> {
    const { handover } = this.ports;
    for (let batch = await handover.labels(BATCH_SIZE); batch.length > 0; batch = await handover.labels(BATCH_SIZE)) {
      await handover.hand(batch);
      await handover.forgetLabels(batch.map(({ audioFileId }) => audioFileId));
    }
  }

  async #pins(): Promise<void> {
    const { handover, audioPins } = this.ports;
    for (let sets = await handover.sets(SETS_AT_ONCE); sets.length > 0; sets = await handover.sets(SETS_AT_ONCE)) {
      for (const { fileIds, ...address } of sets) {
        if (fileIds.length > 0) await audioPins.pin(address, address.annotationSetId, fileIds);
        await handover.forgetSet(address.annotationSetId);
      }
    }
  }
}
