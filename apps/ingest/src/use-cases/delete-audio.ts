import { Problem } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { deleteAudio } from '../domain/audio-file.js';
import type { AudioFileStore, DatasetDirectory, Transactions } from '../ports.js';
import { requireConfirmed } from './find-or-refuse.js';
import type { AudioAddress } from './read-audio.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly datasets: DatasetDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

const BLOCK = 500;

/** Deletes a file that no published annotation set names. */
export class DeleteAudio {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, datasetId, audioFileId }: AudioAddress): Promise<void> {
    const { files, datasets, transactions, clock } = this.ports;
    await datasets.require(tenantId, datasetId);
    requireConfirmed(await files.find(tenantId, audioFileId), datasetId);
    const versions = await datasets.publishedUse(tenantId, datasetId, audioFileId);
    if (versions.length > 0) {
      throw new Problem(
        'audio_in_use',
        `Published annotation set v${versions.join(', v')} names the file, so it cannot be deleted.`,
      );
    }
    await transactions.transaction(async () => {
      const file = requireConfirmed(await files.lock(tenantId, audioFileId), datasetId);
      await files.save(deleteAudio(file, clock.now()));
    });
  }
}

/** Deletes all files of a deleted dataset, or of a deleted organisation (`datasetId` null). */
export class ForgetAudio {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string | null): Promise<void> {
    const { files, clock } = this.ports;
    for (;;) {
      const block = await files.lockSome(tenantId, datasetId, BLOCK);
      const at = clock.now();
      const deletions = block.map((file) => deleteAudio(file, at));
      await files.saveDeleted(deletions, at);
      if (block.length < BLOCK) return;
    }
  }
}

/** Gives up files of an inference job. */
export class ReleaseAudio {
  constructor(private readonly ports: Ports) {}

  execute(tenantId: string, audioFileIds: readonly string[]): Promise<number> {
    const { files, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      let released = 0;
      for (const id of audioFileIds) {
        const file = await files.lock(tenantId, id);
        if (file?.purpose !== 'inference') continue;
        await files.save(deleteAudio(file, clock.now()));
        released += 1;
      }
      return released;
    });
  }
}
