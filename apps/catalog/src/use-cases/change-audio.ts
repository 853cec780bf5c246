import type { AudioFile, AudioLabels } from '../domain/audio-file.js';
import type { AudioAddress, AudioFiles, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

/** Changes speaker, source or script of a file; published sets keep the split groups that they froze. */
export class ChangeAudio {
  constructor(private readonly ports: { readonly datasets: DatasetStore; readonly audioFiles: AudioFiles }) {}

  async execute(address: AudioAddress, labels: AudioLabels): Promise<AudioFile> {
    requireDataset(await this.ports.datasets.find(address.tenantId, address.datasetId));
    return this.ports.audioFiles.change(address, labels);
  }
}
