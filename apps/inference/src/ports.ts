import type { InferenceFileStatus, InferenceJobStatus, ObjectRef, Transition } from '@earmark/contracts';
import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import type { CreationKey, LeaseHolder, Page, PageRequest } from '@earmark/service-kit';
import type { InferenceFile, StoredDetection } from './domain/inference-file.js';
import type { InferenceJob } from './domain/inference-job.js';
import type { DetectionConfig } from './domain/detection-config.js';
import type { Scores } from './domain/score-codec.js';

/** One transaction over everything the stores do inside `work`; inside another it joins that one. */
export interface Transactions {
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

export interface JobFilter {
  readonly status?: InferenceJobStatus;
  readonly modelId?: string;
}

/** Lock order: job, then files. A purged job is not found. */
export interface JobStore {
  find(tenantId: string, jobId: string): Promise<InferenceJob | null>;
  /** Like find, and holds the row; needs an open transaction. */
  lock(tenantId: string, jobId: string): Promise<InferenceJob | null>;
  /** Newest first. */
  list(tenantId: string, filter: JobFilter, request: PageRequest<CreationKey>): Promise<Page<InferenceJob, CreationKey>>;
  save(transition: Transition<InferenceJob>): Promise<void>;
  /** Marks every job of a tenant as purged, ends what is not done, and takes its files from their workers. */
  purgeTenant(tenantId: string, at: Date): Promise<void>;
}

/** A file that is neither done nor held by a worker. */
export type IdleFile = Pick<InferenceFile, 'id' | 'tenantId'>;

export interface FileStore {
  find(tenantId: string, jobId: string, fileId: string): Promise<InferenceFile | null>;
  findById(tenantId: string, fileId: string): Promise<InferenceFile | null>;
  lock(tenantId: string, fileId: string): Promise<InferenceFile | null>;
  /** Files of any job that use this audio and are not done, in the order in which jobs are locked. Cheap: asked for all audio there is. */
  waitingFor(tenantId: string, audioFileId: string): Promise<Pick<InferenceFile, 'id' | 'jobId'>[]>;
  /**
   * In the order they were added. A file carries its first 5,000 detections at most, and a page ends before it holds more than 20,000 of
   * them: the rest follows by `detections` and by the page's next key.
   */
  list(
    tenantId: string,
    jobId: string,
    status: InferenceFileStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<InferenceFile, CreationKey>>;
  /** A slice of a file's detections and how many there are; null when there is no such file. */
  detections(
    address: { tenantId: string; jobId: string; fileId: string },
    slice: { offset: number; limit: number },
  ): Promise<{ detections: readonly StoredDetection[]; total: number } | null>;
  /** Completed files of a job after the key, in the order they were added, without their detections. */
  scored(tenantId: string, jobId: string, after: CreationKey | null, limit: number): Promise<InferenceFile[]>;
  /** Inserts new files. */
  add(transitions: readonly Transition<InferenceFile>[]): Promise<void>;
  /** Inserts a file (version 1) or updates the one of the version before; `fence` refuses writes of a worker that lost its lease. */
  save(transition: Transition<InferenceFile>, fence?: LeaseHolder): Promise<void>;
  /** Confirmed files that nobody works on, older than `ageMs`, at most `limit`. */
  idle(ageMs: number, limit: number): Promise<IdleFile[]>;
  /** Fails what is not done in a cancelled job, and takes it from its workers; returns how many files that were. */
  cancelOpen(tenantId: string, jobId: string, at: Date): Promise<number>;
}

/** What is left of purged jobs. */
export interface PurgeStore {
  /** Marks at most `limit` finished jobs of that age as purged at `at`; returns how many it found. */
  expire(completedBefore: Date, at: Date, limit: number): Promise<number>;
  /** Purged jobs that nothing needs any more. */
  next(limit: number): Promise<{ tenantId: string; id: string }[]>;
  /** Some files of a purged job, and which audio goes with them: what was uploaded for it and is not used by another job. */
  files(tenantId: string, jobId: string, limit: number): Promise<{ fileIds: string[]; audioFileIds: string[] }>;
  removeFiles(tenantId: string, fileIds: readonly string[]): Promise<void>;
  removeJob(tenantId: string, jobId: string): Promise<void>;
}

/** Ownership of a file while it is searched. */
export interface FileLeases {
  claim(
    id: string,
    request: { owner: string; ttlMs: number; statuses: readonly string[] },
  ): Promise<{ epoch: number; attempt: number } | null>;
  heartbeat(id: string, holder: LeaseHolder & { ttlMs: number }): Promise<boolean>;
  release(id: string, holder: LeaseHolder): Promise<boolean>;
  expiresInMs(id: string): Promise<number | null>;
}

/** A model that may be used, as the registry knows it. */
/** A model, with its recommended thresholds and the post-processing that they were chosen with. */
export interface UsableModel extends DetectionConfig {
  readonly modelId: string;
  readonly isActive: boolean;
  readonly isArchived: boolean;
  readonly onnx: ObjectRef;
}

/** Asks the registry; throws model_not_found, service_unavailable. */
export interface ModelDirectory {
  find(tenantId: string, model: string): Promise<UsableModel>;
}

export interface UploadRequest {
  readonly tenantId: string;
  readonly audioFileId: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
}

export interface UploadTicket {
  readonly uploadUrl: string;
  readonly uploadFields: Readonly<Record<string, string>>;
  readonly putUrl: string;
  readonly key: string;
  readonly expiresInSeconds: number;
}

/** Asks ingest, which owns all audio; throws service_unavailable when it does not answer. */
export interface AudioDirectory {
  reserve(request: UploadRequest): Promise<UploadTicket>;
  /** Throws audio_file_not_found, audio_not_uploaded. */
  confirm(tenantId: string, audioFileId: string): Promise<AudioFacts>;
  /** Confirmed files by id; unknown ids are left out. */
  find(tenantId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFacts>>;
  /** Like find, and keeps the files from being deleted until the job is finished. `claimId` names this addition. */
  pin(
    job: { tenantId: string; jobId: string },
    claimId: string,
    audioFileIds: readonly string[],
  ): Promise<Map<string, AudioFacts>>;
  /** Gives up what one addition pinned. */
  unpin(job: { tenantId: string; jobId: string }, claimId: string): Promise<void>;
  downloadUrl(tenantId: string, audioFileId: string): Promise<{ url: string; expiresInSeconds: number }>;
  /** Gives up audio that was uploaded for detection; ids that are unknown, or of a dataset, are left out. */
  release(tenantId: string, audioFileIds: readonly string[]): Promise<void>;
}

/** Where scores are kept; the key carries the lease epoch, so that a late worker overwrites nothing. */
export interface ScoreStore {
  put(place: { tenantId: string; jobId: string; fileId: string; leaseEpoch: number }, scores: Scores): Promise<string>;
  /** Throws scores_deleted. */
  get(key: string): Promise<Scores>;
  remove(key: string): Promise<void>;
  /** Removes the scores of a job. */
  erase(tenantId: string, jobId: string): Promise<void>;
}

/**
 * Runs a model over canonical audio, and makes detections of scores. Throws audio_file_not_found and model_archived when the objects are
 * gone, internal when the model cannot be run on the audio, service_unavailable.
 */
export interface Detector {
  score(model: ObjectRef, audio: { tenantId: string; sha256: string }, signal: AbortSignal): Promise<Scores>;
  detect(model: ObjectRef, scores: Scores, durationMs: number, config: DetectionConfig): Promise<StoredDetection[]>;
}
