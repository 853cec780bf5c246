import { Problem, type Reference } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { deleteAudio } from '../domain/audio-file.js';
import type { AudioFileStore, PinStore, Transactions } from '../ports.js';
import { isOf } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly pins: PinStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Holders that a refusal names. */
const NAMED = 10;

/** Deletes files that their owner gives up, all or none. */
export class ReleaseAudio {
  constructor(private readonly ports: Ports) {}

  /** Returns how many there were; unknown ids are left out. Problem: audio_in_use, naming who pinned a file. */
  execute(tenantId: string, reference: Reference, audioFileIds: readonly string[]): Promise<number> {
    const { files, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      const held = (await files.lock(tenantId, audioFileIds)).filter((file) => isOf(file, reference));
      await this.#refuseWhenPinned(
        tenantId,
        held.map(({ id }) => id),
      );
      await files.saveAll(held.map((file) => deleteAudio(file, clock.now())));
      return held.length;
    });
  }

  async #refuseWhenPinned(tenantId: string, ids: readonly string[]): Promise<void> {
    const holders = await this.ports.pins.holdersOf(tenantId, ids, NAMED + 1);
    if (holders.length === 0) return;
    const named = holders.slice(0, NAMED).map(({ kind, id }) => `${kind} ${id}`);
    const more = holders.length > NAMED ? ' and others' : '';
    throw new Problem('audio_in_use', `The audio file cannot be deleted because it is in use by ${named.join(', ')}${more}.`);
  }
}
