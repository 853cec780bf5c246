import type { DatasetManifest, ObjectRef, Transition } from '@earmark/contracts';
import type { CreationKey, LockStrength, Page, PageRequest, VersionKey } from '@earmark/service-kit';
import type { Annotation, AudioFile } from './domain/annotation.js';
import type { AnnotationSet, SetTotals } from './domain/annotation-set.js';
import type { Dataset } from './domain/dataset.js';
import type { PublishedMark } from './domain/manifest.js';

/** One transaction over everything the stores do inside `work`; inside another it joins that one. */
export interface Transactions {
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** Which annotation set. */
export interface SetAddress {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly annotationSetId: string;
}

/** Deleted datasets are not found. Lock order: dataset, then sets, then annotations. */
export interface DatasetStore {
  find(tenantId: string, datasetId: string): Promise<Dataset | null>;
  /** Like find, and holds the row; needs an open transaction. */
  lock(tenantId: string, datasetId: string, strength: LockStrength): Promise<Dataset | null>;
  /** Newest first. */
  list(tenantId: string, request: PageRequest<CreationKey>): Promise<Page<Dataset, CreationKey>>;
  /** Sets that are not deleted, per dataset; datasets without sets are left out. */
  countSets(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>>;
  /** Takes the next number for an annotation set; null when the dataset is not found. Holds the dataset's row. */
  takeSetVersion(tenantId: string, datasetId: string): Promise<number | null>;
  /** At most `limit` datasets of a tenant that are not deleted, held for change. */
  lockSome(tenantId: string, limit: number): Promise<Dataset[]>;
  save(transition: Transition<Dataset>): Promise<void>;
}

/** Deleted sets are not found. */
export interface AnnotationSetStore {
  find(address: SetAddress): Promise<AnnotationSet | null>;
  lock(address: SetAddress, strength: LockStrength): Promise<AnnotationSet | null>;
  /** Holds a draft for a change of its annotations and counts the change in its row version; null when it is no draft. */
  lockDraftForContent(address: SetAddress): Promise<AnnotationSet | null>;
  /** Newest version first. */
  list(tenantId: string, datasetId: string, request: PageRequest<VersionKey>): Promise<Page<AnnotationSet, VersionKey>>;
  /** Figures over valid annotations; sets without any are left out. */
  totals(tenantId: string, setIds: readonly string[]): Promise<Map<string, SetTotals>>;
  save(transition: Transition<AnnotationSet>): Promise<void>;
  /** Marks published sets stale (or fresh again) after the dataset's artifact types changed; answers how many became stale. */
  refreshStaleness(tenantId: string, datasetId: string, typeNames: readonly string[]): Promise<number>;
  reviewedFiles(address: SetAddress): Promise<Set<string>>;
  markReviewed(address: SetAddress, audioFileIds: readonly string[], at: Date): Promise<void>;
  recordPublishedFiles(address: SetAddress, audioFileIds: readonly string[]): Promise<void>;
  /** Versions of published sets (of datasets that are not deleted) whose manifests name the file. */
  versionsNaming(tenantId: string, datasetId: string, audioFileId: string): Promise<number[]>;
}

/** Which annotations of a set. */
export interface AnnotationFilter {
  readonly audioFileId?: string;
  readonly artifactType?: string;
}

export interface AnnotationStore {
  find(address: SetAddress, annotationId: string): Promise<Annotation | null>;
  /** Oldest first. */
  list(address: SetAddress, filter: AnnotationFilter, request: PageRequest<CreationKey>): Promise<Page<Annotation, CreationKey>>;
  /** All or none. */
  insert(annotations: readonly Annotation[]): Promise<void>;
  update(annotation: Annotation): Promise<void>;
  /** False when there was none. */
  remove(address: SetAddress, annotationId: string): Promise<boolean>;
  /** What goes into a manifest: the valid annotations of the set. */
  validMarks(address: SetAddress): Promise<PublishedMark[]>;
  /** Copies all annotations (validity by `typeNames`) and reviewed marks into an empty set; new ids, in the order of the old ones. */
  copyAll(from: AnnotationSet, to: AnnotationSet, typeNames: readonly string[]): Promise<void>;
  /** Removes annotations and reviewed marks of the files from the named draft. */
  removeFiles(address: SetAddress, audioFileIds: readonly string[]): Promise<void>;
  /** Removes annotations and reviewed marks of a file from every draft of the dataset. */
  removeFileFromDrafts(tenantId: string, datasetId: string, audioFileId: string): Promise<void>;
  /** Sets the validity of every annotation in the dataset's drafts by its type; answers how many became invalid. */
  refreshValidity(tenantId: string, datasetId: string, typeNames: readonly string[]): Promise<number>;
}

/** The audio of a dataset, as ingest knows it. Every method throws service_unavailable when ingest does not answer. */
export interface AudioDirectory {
  /** Confirmed files of the dataset among `audioFileIds`; unknown ids are left out. */
  find(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFile>>;
  /** All confirmed files of the dataset. */
  listAll(tenantId: string, datasetId: string): Promise<AudioFile[]>;
  /** Confirmed files per dataset; datasets without files are left out. */
  count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>>;
}

/** What the trainer says; throws service_unavailable when it does not answer. */
export interface TrainingDirectory {
  /** Training jobs that refer to the set. */
  jobsUsing(tenantId: string, annotationSetId: string): Promise<readonly string[]>;
}

/** Where manifests are kept, by the hash of their canonical JSON. */
export interface ManifestStore {
  put(manifest: DatasetManifest): Promise<ObjectRef>;
  remove(keys: readonly string[]): Promise<void>;
  /** Keys of a tenant's manifests that were written before `writtenBefore`, in blocks. */
  listOlder(tenantId: string, writtenBefore: Date): AsyncIterable<readonly string[]>;
}

/** A set whose rows may go. */
export interface DoomedSet {
  readonly tenantId: string;
  readonly annotationSetId: string;
  readonly manifestKey: string | null;
}

/** What is left of deleted things. */
export interface TombstoneStore {
  /** Sets deleted (themselves or with their dataset) before `deletedBefore`, at most `limit`. */
  doomedSets(deletedBefore: Date, limit: number): Promise<DoomedSet[]>;
  /** Removes at most `limit` rows that belong to the set and answers how many; the set itself goes when nothing is left. */
  eraseSome(set: DoomedSet, limit: number): Promise<number>;
  /** Removes datasets deleted before `deletedBefore` that have no sets left. */
  eraseDatasets(deletedBefore: Date): Promise<number>;
  /** Those of `keys` that a set (other than `exceptSetId`) still refers to. */
  manifestsInUse(tenantId: string, keys: readonly string[], exceptSetId: string | null): Promise<Set<string>>;
  /** Every tenant that has datasets, deleted ones included. */
  tenants(): Promise<string[]>;
}
