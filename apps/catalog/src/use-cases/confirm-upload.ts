import type { AudioFile } from '../domain/audio-file.js';
import type { AudioUploads, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

/** Confirms uploads of a dataset, all or none, and has them processed; confirming again returns the files as they are. */
export class ConfirmUpload {
  constructor(private readonly ports: { readonly datasets: DatasetStore; readonly uploads: AudioUploads }) {}

  /** In the order asked. Problems: dataset_not_found, audio_file_not_found, audio_not_uploaded. */
  async execute(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<AudioFile[]> {
    requireDataset(await this.ports.datasets.find(tenantId, datasetId));
    return this.ports.uploads.confirm(tenantId, datasetId, audioFileIds);
  }
}
