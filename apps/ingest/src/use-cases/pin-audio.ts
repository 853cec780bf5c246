import type { Holder, Reference } from '@earmark/contracts';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioFileStore, PinStore, Transactions } from '../ports.js';
import { isOf } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly pins: PinStore;
  readonly transactions: Transactions;
}

export interface PinRequest {
  readonly tenantId: string;
  /** Only files of this reference, if one is given. */
  readonly reference: Reference | null;
  readonly holder: Holder;
  /** The attempt of the holder. */
  readonly claimId: string;
  readonly audioFileIds: readonly string[];
}

/** Keeps confirmed files for a holder, so that they cannot be deleted by themselves. */
export class PinAudio {
  constructor(private readonly ports: Ports) {}

  /** The files that are kept now; those that are not there (any more) are left out. */
  execute({ tenantId, reference, holder, claimId, audioFileIds }: PinRequest): Promise<AudioFile[]> {
    const { files, pins, transactions } = this.ports;
    return transactions.transaction(async () => {
      const held = await files.lockAgainstDeletion(tenantId, audioFileIds);
      const kept = held.filter((file) => reference === null || isOf(file, reference));
      await pins.pin(
        tenantId,
        kept.map(({ id }) => id),
        holder,
        claimId,
      );
      return kept;
    });
  }
}
