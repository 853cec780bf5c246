import { type Clock, requireMatch } from '@earmark/service-kit';
import { namesOf, removalWarnings, removedNames } from '../domain/artifact-type.js';
import { changeDataset, type Dataset, type DatasetChange } from '../domain/dataset.js';
import type { AnnotationSetStore, AnnotationStore, AudioDirectory, DatasetStore, Transactions } from '../ports.js';
import { summarise, type DatasetSummary } from './dataset-summary.js';
import { requireDataset } from './find-or-refuse.js';

export interface ChangeDatasetRequest {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly change: DatasetChange;
  readonly ifMatch: string | null;
}

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly annotations: AnnotationStore;
  readonly audio: AudioDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Changes a dataset; removing artifact types invalidates their annotations in drafts and makes published sets stale. */
export class ChangeDataset {
  constructor(private readonly ports: Ports) {}

  async execute(request: ChangeDatasetRequest): Promise<DatasetSummary> {
    const { datasets, transactions } = this.ports;
    const { tenantId, datasetId } = request;
    const before = requireDataset(await datasets.find(tenantId, datasetId));
    // The counts come first: without ingest the answer is a 503 that changed nothing.
    const [summary] = await summarise(this.ports, tenantId, [before]);
    const { dataset, warnings } = await transactions.transaction(() => this.#change(request));
    return { ...(summary as DatasetSummary), dataset, warnings };
  }

  async #change({ tenantId, datasetId, change, ifMatch }: ChangeDatasetRequest) {
    const { datasets, clock } = this.ports;
    const before = requireDataset(await datasets.lock(tenantId, datasetId, 'update'));
    requireMatch(ifMatch, before.version);
    const changed = changeDataset(before, change, clock.now());
    if (!changed) return { dataset: before, warnings: [] };
    await datasets.save(changed);
    return { dataset: changed.next, warnings: await this.#followTypes(before, changed.next) };
  }

  async #followTypes(before: Dataset, after: Dataset): Promise<string[]> {
    const { sets, annotations } = this.ports;
    const names = namesOf(after.artifactTypes);
    if (JSON.stringify(names) === JSON.stringify(namesOf(before.artifactTypes))) return [];
    const staleSets = await sets.refreshStaleness(after.tenantId, after.id, names);
    const invalidated = await annotations.refreshValidity(after.tenantId, after.id, names);
    return removalWarnings(removedNames(before.artifactTypes, after.artifactTypes), { invalidated, staleSets });
  }
}
