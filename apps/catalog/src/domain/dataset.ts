import { transition, type Transition } from '@earmark/contracts';
import { datasetChanged, datasetCreated, datasetDeleted } from '@earmark/contracts/catalog/events';
import { isDeepStrictEqual } from 'node:util';
import { namesOf, type ArtifactType } from './artifact-type.js';

export interface Dataset {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly description: string | null;
  readonly artifactTypes: readonly ArtifactType[];
  /** Optimistic lock and ETag; 1 when created. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

export interface NewDataset {
  readonly tenantId: string;
  readonly name: string;
  readonly description: string | null;
  readonly artifactTypes: readonly ArtifactType[];
}

/** What a client asked to change; what is absent stays. */
export interface DatasetChange {
  readonly name?: string;
  readonly description?: string | null;
  readonly artifactTypes?: readonly ArtifactType[];
}

const factOf = ({ tenantId, id, name, artifactTypes }: Dataset) => ({
  tenantId,
  datasetId: id,
  name,
  artifactTypes: namesOf(artifactTypes),
});

/** A new dataset. */
export function createDataset(input: NewDataset, { id, at }: { id: string; at: Date }): Transition<Dataset> {
  const dataset: Dataset = { ...input, id, version: 1, createdAt: at, updatedAt: at, deletedAt: null };
  return transition(dataset, [datasetCreated.fact(factOf(dataset))]);
}

/** The dataset with the change applied, or null when that changes nothing. */
export function changeDataset(dataset: Dataset, change: DatasetChange, at: Date): Transition<Dataset> | null {
  const changed: Dataset = { ...dataset, ...change };
  if (isDeepStrictEqual(changed, dataset)) return null;
  const next: Dataset = { ...changed, version: dataset.version + 1, updatedAt: at };
  return transition(next, [datasetChanged.fact(factOf(next))]);
}

/** The tombstone: from now on the dataset is not found; its rows and objects go after the grace period. */
export function deleteDataset(dataset: Dataset, at: Date): Transition<Dataset> {
  const next: Dataset = { ...dataset, version: dataset.version + 1, deletedAt: at };
  return transition(next, [datasetDeleted.fact({ tenantId: dataset.tenantId, datasetId: dataset.id })]);
}
