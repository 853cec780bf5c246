import type { NewAudio, Ticket } from '@earmark/contracts/ingest/rpcs';
import type { AudioUploads, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

/** Reserves a place for a file of a dataset and presigns its upload. */
export class ReserveUpload {
  constructor(private readonly ports: { readonly datasets: DatasetStore; readonly uploads: AudioUploads }) {}

  async execute(tenantId: string, datasetId: string, file: NewAudio): Promise<Ticket> {
    requireDataset(await this.ports.datasets.find(tenantId, datasetId));
    return this.ports.uploads.open(tenantId, datasetId, file);
  }
}
