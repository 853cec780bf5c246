import type { AudioAddress, AudioFiles, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

/** Deletes a file that nobody has pinned. */
export class DeleteAudio {
  constructor(private readonly ports: { readonly datasets: DatasetStore; readonly audioFiles: AudioFiles }) {}

  /** Problems: dataset_not_found, audio_file_not_found, audio_in_use (names the holders). */
  async execute(address: AudioAddress): Promise<void> {
    requireDataset(await this.ports.datasets.find(address.tenantId, address.datasetId));
    await this.ports.audioFiles.remove(address);
  }
}
