import type { Clock, IdSource } from '@earmark/service-kit';
import { createDataset, type NewDataset } from '../domain/dataset.js';
import type { DatasetStore } from '../ports.js';
import type { DatasetSummary } from './dataset-summary.js';

export class CreateDataset {
  constructor(private readonly ports: { datasets: DatasetStore; clock: Clock; ids: IdSource }) {}

  async execute(input: NewDataset): Promise<DatasetSummary> {
    const { datasets, clock, ids } = this.ports;
    const created = createDataset(input, { id: ids.next(), at: clock.now() });
    await datasets.save(created);
    return { dataset: created.next, audioCount: 0, annotationSetCount: 0, warnings: [] };
  }
}
