import type { Reference } from '@earmark/contracts';
import { changeLabels, type AudioFile, type AudioLabels } from '../domain/audio-file.js';
import type { AudioFileStore, FileLabels, Transactions } from '../ports.js';
import { requireConfirmed } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly transactions: Transactions;
}

/** Changes what a client says about a file: speaker, source, script. */
export class ChangeLabels {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, reference: Reference, audioFileId: string, labels: AudioLabels): Promise<AudioFile> {
    const { files, transactions } = this.ports;
    return transactions.transaction(async () => {
      const [held] = await files.lock(tenantId, [audioFileId]);
      const file = requireConfirmed(held ?? null, reference);
      const changed = changeLabels(file, labels);
      if (changed !== null) await files.save(changed);
      return changed?.next ?? file;
    });
  }

  /** Sets speaker and source where there is none; returns how many files changed. */
  fill(tenantId: string, labels: readonly FileLabels[]): Promise<number> {
    return this.ports.files.fillLabels(tenantId, labels);
  }
}
