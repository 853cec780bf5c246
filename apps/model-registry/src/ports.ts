import type { Transition } from '@earmark/contracts';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { Model } from './domain/model.js';

/** One transaction over everything the stores do inside `work`; inside another it joins that one. */
export interface Transactions {
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** Place in a list ordered by F1 score, ties by id. */
export interface ScoreKey {
  readonly f1Score: number;
  readonly id: string;
}

export interface ModelFilter {
  readonly isActive?: boolean;
  readonly artifactType?: string;
  readonly kind?: string;
}

export type ModelOrder = 'ascending' | 'descending';

/** Models of deleted organisations are not found. */
export interface ModelStore {
  /** Archived ones too. */
  find(tenantId: string, modelId: string): Promise<Model | null>;
  findByAlias(tenantId: string, alias: string): Promise<Model | null>;
  findByTrainingJob(tenantId: string, trainingJobId: string): Promise<Model | null>;
  /** Like find, and holds the row for a change; needs an open transaction. */
  lock(tenantId: string, modelId: string): Promise<Model | null>;
  /** Models other than `exceptId` that hold one of the aliases. Call it under the tenant's lock. */
  holdersOf(tenantId: string, aliases: readonly string[], exceptId: string): Promise<Model[]>;
  /** Without archived ones. */
  listByCreation(
    tenantId: string,
    filter: ModelFilter,
    order: ModelOrder,
    request: PageRequest<CreationKey>,
  ): Promise<Page<Model, CreationKey>>;
  /** Without archived ones. */
  listByScore(
    tenantId: string,
    filter: ModelFilter,
    order: ModelOrder,
    request: PageRequest<ScoreKey>,
  ): Promise<Page<Model, ScoreKey>>;
  save(transition: Transition<Model>): Promise<void>;
  /** Shows every model of the dataset as `dataset_deleted`. */
  markDatasetDeleted(tenantId: string, datasetId: string): Promise<void>;
}

/** What other services said is gone. */
export interface DeletionLog {
  /** One writer per tenant at a time until the end of the transaction: registration, aliases and deletions never overlap. */
  lockTenant(tenantId: string): Promise<void>;
  recordDataset(tenantId: string, datasetId: string, at: Date): Promise<void>;
  isDatasetDeleted(tenantId: string, datasetId: string): Promise<boolean>;
  recordTenant(tenantId: string, at: Date): Promise<void>;
  isTenantDeleted(tenantId: string): Promise<boolean>;
}

/** A model whose files may go. */
export interface DoomedModel {
  readonly tenantId: string;
  readonly modelId: string;
  readonly trainingJobId: string;
  readonly artifactKeys: readonly string[];
}

/** What the collector works on. */
export interface TombstoneStore {
  /** Models archived before `before` whose files are still there, at most `limit`. */
  archivedModels(before: Date, limit: number): Promise<DoomedModel[]>;
  /** Models of organisations deleted before `before`, at most `limit`. */
  orphanedModels(before: Date, limit: number): Promise<DoomedModel[]>;
  recordArtefactsRemoved(model: DoomedModel, at: Date): Promise<void>;
  erase(model: DoomedModel): Promise<void>;
  /** Organisations deleted before `before`. */
  deletedTenants(before: Date): Promise<string[]>;
  /** Removes what the service remembers of the datasets of organisations deleted before `before`. */
  eraseTenantRecords(before: Date): Promise<void>;
}

/** Where the files of models are. */
export interface ArtefactStore {
  /** Removes the files of a model and whatever earlier attempts of its training left beside them. */
  removeModel(model: DoomedModel): Promise<void>;
  /** Removes the files of every model of the tenant, also of those that were never registered. */
  removeTenant(tenantId: string): Promise<void>;
}
