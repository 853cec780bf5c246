import type { DecodeFailureCode } from '@earmark/audio-files';
import type { AudioStatus, Holder, Reference, TenantHolder, Transition } from '@earmark/contracts';
import type { Ticket } from '@earmark/contracts/ingest/rpcs';
import type { CreationKey, LeaseHolder, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile, ContentFacts } from './domain/audio-file.js';

/** One transaction over everything the stores do inside `work`; inside another it joins that one. */
export interface Transactions {
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** Files deleted, or reserved and never confirmed, before these times may be erased. */
export interface ErasureLimits {
  readonly deletedBefore: Date;
  readonly reservedBefore: Date;
}

/** An upload in the staging area. */
export type StagedUpload = Pick<AudioFile, 'tenantId' | 'uploadId'>;

/** A file whose row may be erased. */
export type ExpiredFile = StagedUpload & Pick<AudioFile, 'id'>;

/** Deleted files are not found. Whoever locks several files does so in the order of their ids. */
export interface AudioFileStore {
  find(tenantId: string, audioFileId: string): Promise<AudioFile | null>;
  /** Files among the ids, confirmed or not. */
  findAll(tenantId: string, ids: readonly string[]): Promise<AudioFile[]>;
  /** Like findAll, and holds the rows; needs an open transaction. */
  lock(tenantId: string, ids: readonly string[]): Promise<AudioFile[]>;
  /** Like lock, for confirmed files only and so that nobody can delete them meanwhile; workers are not held up. */
  lockAgainstDeletion(tenantId: string, ids: readonly string[]): Promise<AudioFile[]>;
  /** Confirmed files of a reference, oldest first. */
  list(
    tenantId: string,
    reference: Reference,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>>;
  /** Confirmed files per reference of a kind; references without files are left out. */
  count(tenantId: string, kind: string, ids: readonly string[]): Promise<Map<string, number>>;
  /** At most `limit` files of a reference (null: of the whole tenant), held for change; needs an open transaction. */
  lockSome(tenantId: string, reference: Reference | null, limit: number): Promise<AudioFile[]>;
  /** Inserts new files; ids that are taken are left out. Returns the ids that were inserted. */
  insert(files: readonly AudioFile[]): Promise<Set<string>>;
  /** Updates the version before; `fence` refuses writes of a worker that lost its lease. */
  save(transition: Transition<AudioFile>, fence?: LeaseHolder): Promise<void>;
  /** Saves confirmations, deletions and moved uploads of many files at once, with their facts. */
  saveAll(transitions: readonly Transition<AudioFile>[]): Promise<void>;
  /** Sets labels where a file has none; returns how many files changed. */
  fillLabels(tenantId: string, labels: readonly FileLabels[]): Promise<number>;
  /** Confirmed files that are neither finished nor in anybody's hands, older than `ageMs`. */
  idle(ageMs: number, limit: number): Promise<Pick<AudioFile, 'id' | 'tenantId'>[]>;
  /** Rows that may be erased, and that no worker has in hand. */
  expired(limits: ErasureLimits, limit: number): Promise<ExpiredFile[]>;
  /** Removes the row if it still may be erased; says whether it did. */
  erase(file: ExpiredFile, limits: ErasureLimits): Promise<boolean>;
  /** Every tenant that has files, deleted ones included. */
  tenants(): Promise<string[]>;
  /** Those of the uploads that a file names. */
  knownUploads(tenantId: string, uploadIds: readonly string[]): Promise<Set<string>>;
}

export interface FileLabels {
  readonly audioFileId: string;
  readonly speaker: string | null;
  readonly source: string | null;
}

/** A page of ids that reconciliation goes through. */
export interface IdPage {
  readonly kind: string;
  /** Only what is older. */
  readonly before: Date;
  readonly afterId: string | null;
  readonly limit: number;
}

/** Who needs which file; needs an open transaction that holds the files. */
export interface PinStore {
  pin(tenantId: string, audioFileIds: readonly string[], holder: Holder, claimId: string): Promise<void>;
  /** Gives up the pins of a holder (of one claim; made before a time, if given); returns how many there were. */
  unpin(tenantId: string, holder: Holder, only: { claimId?: string; madeBefore?: Date }): Promise<number>;
  unpinFiles(tenantId: string, audioFileIds: readonly string[]): Promise<void>;
  /** Different holders of the files, at most `limit`. */
  holdersOf(tenantId: string, audioFileIds: readonly string[], limit: number): Promise<Holder[]>;
  listHolders(page: IdPage): Promise<TenantHolder[]>;
}

/** A reference whose owner deleted it; of the kind `tenant` for a whole organisation. */
export interface ReleasedReference {
  readonly tenantId: string;
  readonly kind: string;
  readonly id: string;
}

export interface ReferenceStore {
  /** Remembers the release and asks for the deletion of the files. */
  release(reference: ReleasedReference): Promise<void>;
  /** Whether the reference, or its whole tenant, was released. */
  isReleased(tenantId: string, reference: Reference): Promise<boolean>;
  markEmptied(reference: ReleasedReference): Promise<void>;
  /** Released longer than `ageMs` ago and not emptied. */
  unemptied(ageMs: number, limit: number): Promise<ReleasedReference[]>;
  /** References that have files. */
  list(page: IdPage): Promise<TenantHolder[]>;
}

/** Ownership of a file while it is processed. */
export interface FileLeases {
  claim(
    id: string,
    request: { owner: string; ttlMs: number; statuses: readonly string[] },
  ): Promise<{ epoch: number; attempt: number } | null>;
  heartbeat(id: string, holder: LeaseHolder & { ttlMs: number }): Promise<boolean>;
  release(id: string, holder: LeaseHolder): Promise<boolean>;
  expiresInMs(id: string): Promise<number | null>;
}

/** A content's waveform, as stored. */
export interface StoredPeaks {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** What is known of contents, by their hash. */
export interface ContentStore {
  /**
   * Makes sure that the row exists and holds it until the end of the transaction, so that the collector leaves it alone.
   * Throws service_unavailable while a collector removes the content.
   */
  hold(tenantId: string, sha256: string, at: Date): Promise<void>;
  /** Facts of a decoded content; null when it is not decoded. */
  facts(tenantId: string, sha256: string): Promise<ContentFacts | null>;
  peaks(tenantId: string, sha256: string): Promise<StoredPeaks | null>;
  saveFacts(tenantId: string, sha256: string, facts: ContentFacts, peaks: StoredPeaks, at: Date): Promise<void>;
  /** Contents that no file refers to, untouched since `untouchedSince`. */
  orphans(untouchedSince: Date, limit: number): Promise<{ tenantId: string; sha256: string }[]>;
  /** Bars new references until the collection has ended; false when a file refers to the content by now. */
  beginCollection(content: { tenantId: string; sha256: string }): Promise<boolean>;
  /** Removes the row, after its objects. */
  endCollection(content: { tenantId: string; sha256: string }): Promise<void>;
}

export type { Ticket } from '@earmark/contracts/ingest/rpcs';

/** A copy of an upload on this machine, and what identifies its bytes. */
export interface SpooledUpload {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Identifies the object that was read. */
  readonly etag: string;
  dispose(): Promise<void>;
}

/** The objects of ingest, each method safe to repeat. */
export interface AudioObjects {
  ticket(file: AudioFile): Promise<Ticket>;
  uploadedBytes(file: AudioFile): Promise<number | null>;
  /**
   * Reads the upload (or, when that is gone, the original of a known hash) to disk, hashing it; null when there is neither, or only an
   * upload that was replaced by one of another length.
   */
  spool(file: AudioFile, signal: AbortSignal): Promise<SpooledUpload | null>;
  /** Keeps the very bytes that were read under their hash. Throws service_unavailable when the upload was replaced meanwhile. */
  keepOriginal(file: AudioFile, upload: SpooledUpload): Promise<void>;
  putCanonical(place: ContentPlace, canonicalPath: string): Promise<void>;
  putPeaks(place: ContentPlace, peaksPath: string): Promise<StoredPeaks>;
  hasCanonical(place: ContentPlace): Promise<boolean>;
  removeUpload(upload: StagedUpload): Promise<void>;
  /** Ids of a tenant's uploads that were written before a time, in blocks. */
  uploadsBefore(tenantId: string, writtenBefore: Date): AsyncIterable<readonly string[]>;
  removeContent(place: ContentPlace): Promise<void>;
  peaksKey(place: ContentPlace): string;
  downloadUrl(file: AudioFile): Promise<{ url: string; expiresInSeconds: number }>;
}

export interface ContentPlace {
  readonly tenantId: string;
  readonly sha256: string;
}

/** Files that decoding left on this machine; `dispose()` removes them. */
export interface Decoded {
  readonly outcome: 'decoded';
  readonly canonicalPath: string;
  readonly peaksPath: string;
  readonly facts: ContentFacts;
  readonly dispose: () => Promise<void>;
}

/** The verdict that a file cannot be used. */
export interface Rejected {
  readonly outcome: 'rejected';
  readonly code: DecodeFailureCode;
  readonly message: string;
}

/** Decodes untrusted audio in a process of its own. */
export interface AudioDecoder {
  decode(path: string, signal: AbortSignal): Promise<Decoded | Rejected>;
}

/** Computes features of canonical audio and stores them by content, unless they are there. */
export interface FeatureCache {
  ensure(place: ContentPlace, signal: AbortSignal): Promise<void>;
}
