import type { AudioStatus } from '@earmark/contracts';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioDirectory, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

/** Lists the confirmed files of a dataset, oldest first. */
export class ListAudio {
  constructor(private readonly ports: { readonly datasets: DatasetStore; readonly audio: AudioDirectory }) {}

  async execute(
    tenantId: string,
    datasetId: string,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>> {
    requireDataset(await this.ports.datasets.find(tenantId, datasetId));
    return this.ports.audio.list(tenantId, datasetId, status, request);
  }
}
