import type { AudioStatus, DatasetManifest, Holder, ObjectRef, TenantHolder, Transition } from '@earmark/contracts';
import type { NewAudio, Ticket } from '@earmark/contracts/ingest/rpcs';
import type { CreationKey, LockStrength, Page, PageRequest, VersionKey } from '@earmark/service-kit';
import type { Annotation } from './domain/annotation.js';
import type { AnnotationSet, SetTotals } from './domain/annotation-set.js';
import type { AudioFile, AudioLabels } from './domain/audio-file.js';
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
  /** Confirmed files of the dataset, oldest first. */
  list(
    tenantId: string,
    datasetId: string,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>>;
  /** All confirmed files of the dataset. */
  listAll(tenantId: string, datasetId: string): Promise<AudioFile[]>;
  /** Confirmed files per dataset; datasets without files are left out. */
  count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>>;
}

/** Audio on its way to a dataset; the problem dataset_not_found also means that the dataset was deleted meanwhile. */
export interface AudioUploads {
  /** Reserves a file and presigns its upload. */
  open(tenantId: string, datasetId: string, file: NewAudio): Promise<Ticket>;
  /** Reserves files that are in storage already; says which were confirmed before. */
  reserve(
    tenantId: string,
    datasetId: string,
    files: readonly NewAudio[],
  ): Promise<readonly { readonly audioFileId: string; readonly isConfirmed: boolean }[]>;
  /** In the order asked. Problems: audio_file_not_found, audio_not_uploaded. */
  confirm(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<AudioFile[]>;
}

export interface AudioAddress {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly audioFileId: string;
}

/** One file of a dataset. Every method throws audio_file_not_found when the dataset has no such file. */
export interface AudioFiles {
  change(address: AudioAddress, labels: AudioLabels): Promise<AudioFile>;
  /** Problem: audio_in_use. */
  remove(address: AudioAddress): Promise<void>;
  downloadUrl(address: AudioAddress): Promise<{ url: string; expiresInSeconds: number }>;
  /** Where the waveform is stored; problem audio_not_ready. */
  peaks(address: AudioAddress): Promise<ObjectRef>;
}

/** Files that published sets keep from being deleted. */
export interface AudioPins {
  /** Pins files for a set and returns their facts; those that are gone are left out. `claimId` names the attempt. */
  pin(address: SetAddress, claimId: string, audioFileIds: readonly string[]): Promise<AudioFile[]>;
  /** Gives up what one attempt pinned. */
  unpin(address: SetAddress, claimId: string): Promise<void>;
  /** Sets that have pins older than a time, page by page. */
  holders(pinnedBefore: Date): AsyncIterable<readonly TenantHolder[]>;
  /** Gives up all pins of a set. */
  unpinSet(set: TenantHolder): Promise<void>;
}

/** Datasets that ingest keeps files for. */
export interface AudioOwners {
  datasets(reservedBefore: Date): AsyncIterable<readonly TenantHolder[]>;
  release(dataset: TenantHolder): Promise<void>;
}

/** What earlier versions kept in catalog and ingest keeps now. */
export interface AudioHandover {
  /** Speakers and sources that annotations named, of one tenant, at most `limit`. */
  labels(limit: number): Promise<readonly LabelToHand[]>;
  /** Has ingest fill them in where a file has none. */
  hand(labels: readonly LabelToHand[]): Promise<void>;
  forgetLabels(audioFileIds: readonly string[]): Promise<void>;
  /** Sets whose files are not pinned yet, at most `limit`. */
  sets(limit: number): Promise<readonly (SetAddress & { readonly fileIds: readonly string[] })[]>;
  forgetSet(annotationSetId: string): Promise<void>;
}

export interface LabelToHand {
  readonly tenantId: string;
  readonly audioFileId: string;
  readonly speaker: string | null;
  readonly source: string | null;
}

/** Who needs a published set: as long as one does, it cannot be deleted by itself. */
export interface SetPinStore {
  /** Needs an open transaction that holds the set. */
  pin(address: SetAddress, holder: Holder): Promise<void>;
  /** Returns how many pins there were. */
  unpin(tenantId: string, holder: Holder): Promise<number>;
  /** Holders of a set, at most `limit`. */
  holdersOf(address: SetAddress, limit: number): Promise<Holder[]>;
  listHolders(page: {
    readonly kind: string;
    readonly before: Date;
    readonly afterId: string | null;
    readonly limit: number;
  }): Promise<TenantHolder[]>;
}

/** Where manifests are kept, by the hash of their canonical JSON. */
export interface ManifestStore {
  put(manifest: DatasetManifest): Promise<ObjectRef>;
  remove(keys: readonly string[]): Promise<void>;
  /** Keys of a tenant's manifests that were written before `writtenBefore`, in blocks. */
  listOlder(tenantId: string, writtenBefore: Date): AsyncIterable<readonly string[]>;
}

/** A set whose rows may be removed. */
export interface ExpiredSet {
  readonly tenantId: string;
  readonly annotationSetId: string;
  readonly manifestKey: string | null;
}

/** What is left of deleted things. */
export interface TombstoneStore {
  /** Sets deleted (themselves or with their dataset) before `deletedBefore`, at most `limit`. */
  expiredSets(deletedBefore: Date, limit: number): Promise<ExpiredSet[]>;
  /** Removes at most `limit` rows that belong to the set and answers how many; the set itself goes when nothing is left. */
  eraseSome(set: ExpiredSet, limit: number): Promise<number>;
  /** Removes datasets deleted before `deletedBefore` that have no sets left. */
  eraseDatasets(deletedBefore: Date): Promise<number>;
  /** Those of `keys` that a set (other than `exceptSetId`) still refers to. */
  manifestsInUse(tenantId: string, keys: readonly string[], exceptSetId: string | null): Promise<Set<string>>;
  /** Every tenant that has datasets, deleted ones included. */
  tenants(): Promise<string[]>;
  /** Those of the sets that are published and not deleted. */
  publishedSets(ids: readonly string[]): Promise<Set<string>>;
  /** Those of the datasets that are not deleted. */
  livingDatasets(ids: readonly string[]): Promise<Set<string>>;
}
