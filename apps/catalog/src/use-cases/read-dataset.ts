import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { Dataset } from '../domain/dataset.js';
import type { AudioDirectory, DatasetStore } from '../ports.js';
import { summarise, type DatasetSummary } from './dataset-summary.js';
import { requireDataset } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly audio: AudioDirectory;
}

export class ReadDataset {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string): Promise<DatasetSummary> {
    const dataset = await this.find(tenantId, datasetId);
    const [summary] = await summarise(this.ports, tenantId, [dataset]);
    return summary as DatasetSummary;
  }

  /** The dataset alone, for other services. */
  async find(tenantId: string, datasetId: string): Promise<Dataset> {
    return requireDataset(await this.ports.datasets.find(tenantId, datasetId));
  }
}

export class ListDatasets {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, request: PageRequest<CreationKey>): Promise<Page<DatasetSummary, CreationKey>> {
    const page = await this.ports.datasets.list(tenantId, request);
    return { ...page, items: await summarise(this.ports, tenantId, page.items) };
  }
}
