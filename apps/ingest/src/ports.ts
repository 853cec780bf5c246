import type { DecodeFailureCode } from '@earmark/audio-files';
import type { AudioStatus, Transition } from '@earmark/contracts';
import type { CreationKey, LeaseHolder, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile, ContentFacts } from './domain/audio-file.js';

/** One transaction over everything the stores do inside `work`; inside another it joins that one. */
export interface Transactions {
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** Rows go that were deleted before the one time, or reserved before the other and never confirmed. */
export interface DoomLimits {
  readonly deletedBefore: Date;
  readonly reservedBefore: Date;
}

/** Deleted files are not found. */
export interface AudioFileStore {
  find(tenantId: string, audioFileId: string): Promise<AudioFile | null>;
  /** Like find, and holds the row; needs an open transaction. */
  lock(tenantId: string, audioFileId: string): Promise<AudioFile | null>;
  /** Confirmed files of a dataset, oldest first. */
  list(
    tenantId: string,
    datasetId: string,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>>;
  /** Confirmed files among the ids; of the dataset when one is named. */
  findConfirmed(tenantId: string, datasetId: string | null, ids: readonly string[]): Promise<AudioFile[]>;
  /** Confirmed files of a dataset by id, after one of them. */
  listAfter(tenantId: string, datasetId: string, afterId: string | null, limit: number): Promise<AudioFile[]>;
  /** Confirmed files per dataset; datasets without files are left out. */
  count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>>;
  /** At most `limit` files of a dataset (or of the whole tenant), held for change. */
  lockSome(tenantId: string, datasetId: string | null, limit: number): Promise<AudioFile[]>;
  /** Inserts (version 1) or updates the version before; `fence` refuses writes of a worker that lost its lease. */
  save(transition: Transition<AudioFile>, fence?: LeaseHolder): Promise<void>;
  /** Saves many deletions at once, with their facts. */
  saveDeleted(transitions: readonly Transition<AudioFile>[], at: Date): Promise<void>;
  /** Confirmed files that are neither finished nor in anybody's hands, older than `ageMs`. */
  idle(ageMs: number, limit: number): Promise<Pick<AudioFile, 'id' | 'tenantId'>[]>;
  /** Rows that may go, and that no worker has in hand. */
  doomed(limits: DoomLimits, limit: number): Promise<Pick<AudioFile, 'id' | 'tenantId'>[]>;
  /** Runs `removeUpload` and removes the row, unless it may not go any more (it was confirmed meanwhile); says whether it did. */
  erase(file: Pick<AudioFile, 'id' | 'tenantId'>, limits: DoomLimits, removeUpload: () => Promise<void>): Promise<boolean>;
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
  /** Makes sure that the row exists and holds it until the end of the transaction, so that the collector waits. */
  hold(tenantId: string, sha256: string, at: Date): Promise<void>;
  /** Facts of a decoded content; null when it is not decoded. */
  facts(tenantId: string, sha256: string): Promise<ContentFacts | null>;
  peaks(tenantId: string, sha256: string): Promise<StoredPeaks | null>;
  saveFacts(tenantId: string, sha256: string, facts: ContentFacts, peaks: StoredPeaks, at: Date): Promise<void>;
  /** Contents that no file refers to, untouched since `untouchedSince`. */
  orphans(untouchedSince: Date, limit: number): Promise<{ tenantId: string; sha256: string }[]>;
  /** Runs `removeObjects` and removes the row, unless a file refers to the content by then; new references wait. */
  collect(content: { tenantId: string; sha256: string }, removeObjects: () => Promise<void>): Promise<boolean>;
}

export interface Ticket {
  readonly uploadUrl: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly putUrl: string;
  readonly key: string;
  readonly expiresInSeconds: number;
}

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
  removeUpload(file: Pick<AudioFile, 'tenantId' | 'id'>): Promise<void>;
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

/** Asks catalog; throws dataset_not_found, service_unavailable. */
export interface DatasetDirectory {
  require(tenantId: string, datasetId: string): Promise<void>;
  /** Versions of published annotation sets that name the file. */
  publishedUse(tenantId: string, datasetId: string, audioFileId: string): Promise<readonly number[]>;
}
