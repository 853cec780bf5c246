import type {
  DatasetManifest,
  Device,
  EvalMetrics,
  Holder,
  ModelManifest,
  ObjectRef,
  TenantHolder,
  Transition,
} from '@earmark/contracts';
import type { CreationKey, LeaseHolder, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile, ReadyFile } from './domain/training-data.js';
import type { CheckpointRef, JobStatus, TrainingJob, TrainingOutcome } from './domain/training-job.js';
import type { TrainingSettings } from './domain/training-settings.js';

/** One transaction over everything the stores do inside `work`; inside another it joins that one. */
export interface Transactions {
  transaction<T>(work: () => Promise<T>): Promise<T>;
}

/** The curves of one epoch, from 1. */
export interface Epoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly valLoss: number | null;
  readonly valF1: number | null;
}

export interface JobFilter {
  readonly statuses: readonly JobStatus[] | null;
  readonly datasetId: string | null;
}

/** Deleted jobs are not found. A write with a `fence` throws lease_lost when that lease no longer holds the job. */
export interface TrainingJobStore {
  find(tenantId: string, jobId: string): Promise<TrainingJob | null>;
  /** Like find, and holds the row; needs an open transaction. */
  lock(tenantId: string, jobId: string): Promise<TrainingJob | null>;
  /** Newest first. */
  list(tenantId: string, filter: JobFilter, request: PageRequest<CreationKey>): Promise<Page<TrainingJob, CreationKey>>;
  /** Curves by job; jobs without epochs are left out. */
  epochsOf(jobIds: readonly string[]): Promise<Map<string, Epoch[]>>;
  /** Holds up to `limit` jobs of the tenant that are not deleted, or only the unfinished ones of a dataset; needs an open transaction. */
  lockSome(tenantId: string, datasetId: string | null, limit: number): Promise<TrainingJob[]>;
  /** Unfinished jobs that no worker holds and that nothing happened to for some seconds. */
  unattended(limit: number): Promise<TrainingJob[]>;
  save(transition: Transition<TrainingJob>, fence?: LeaseHolder): Promise<void>;
  /** No transition: version and events stay; never goes back. */
  saveProgress(jobId: string, fence: LeaseHolder, percent: number): Promise<void>;
  /** Adds curves, once per epoch, and moves to the checkpoint (null: keeps the one there is). */
  recordEpochs(jobId: string, fence: LeaseHolder, epochs: readonly Epoch[], checkpoint: CheckpointRef | null): Promise<void>;
  /** Forgets curves and checkpoint: the training starts over. */
  forgetEpochs(jobId: string, fence: LeaseHolder): Promise<void>;
  /** Counts a death of the learning process and answers how many there were. */
  countCrash(jobId: string, fence: LeaseHolder): Promise<number>;
  /** Those of the jobs that may need their set: neither deleted, nor failed or cancelled. */
  needing(ids: readonly string[]): Promise<Set<string>>;
  /** Finished jobs, deleted ones too, whose leftovers are still in storage. */
  untidy(finishedBefore: Date, limit: number): Promise<TrainingJob[]>;
  markTidied(jobId: string, at: Date): Promise<void>;
  /** Removes the rows of tidied jobs that were deleted before; answers how many. */
  erase(deletedBefore: Date): Promise<number>;
}

/** A published or draft annotation set. */
export interface AnnotationSet {
  readonly version: number;
  readonly isPublished: boolean;
  readonly manifest: ObjectRef | null;
  readonly datasetArtifactTypes: readonly string[];
}

export interface SetAddress {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly annotationSetId: string;
}

export interface AnnotationSets {
  /** Throws dataset_not_found, annotation_set_not_found. */
  find(address: SetAddress): Promise<AnnotationSet>;
  /** Keeps a published set for a job. Throws like find, and annotation_set_not_published. */
  pin(address: SetAddress, holder: Holder): Promise<void>;
  unpin(tenantId: string, holder: Holder): Promise<void>;
  /** Jobs that have pins older than a time, page by page. */
  holders(pinnedBefore: Date): AsyncIterable<readonly TenantHolder[]>;
}

export interface AudioDirectory {
  /** Facts by id; unknown files are left out. */
  find(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFile>>;
}

export interface DataManifests {
  /** Reads a published manifest and checks its hash. */
  read(ref: ObjectRef): Promise<DatasetManifest>;
}

export interface ModelRegistry {
  /** Registers the model of a training, once however often it is asked; answers its id. */
  register(job: TrainingJob, outcome: TrainingOutcome): Promise<string>;
}

/** Content whose features lie in a local file: little-endian float32, [frames, features]. */
export interface LocalFeatures {
  readonly path: string;
  readonly frameCount: number;
  /** The canonical WAV file beside them, when it was asked for. */
  readonly audioPath: string | null;
}

export interface FeatureCache {
  /** Throws too_much_audio, with figures, when the features of so much audio cannot lie here at once. */
  requireRoom(audioMs: number): Promise<void>;
  /**
   * Brings the features of every content here, by its SHA-256, to stay until `release`; computes what storage does not have.
   * Throws audio_not_ready.
   */
  gather(
    tenantId: string,
    files: readonly Pick<ReadyFile, 'sha256' | 'originalFilename'>[],
    options: { readonly signal: AbortSignal; readonly withAudio: boolean; readonly onProgress: (share: number) => void },
  ): Promise<Map<string, LocalFeatures>>;
  /** Ends the use of what was gathered: from now on it may make room for others. */
  release(gathered: Iterable<LocalFeatures>): void;
}

export interface Checkpoints {
  save(job: TrainingJob, epoch: number, leaseEpoch: number, bytes: Uint8Array): Promise<CheckpointRef>;
  /** Null when it is gone. */
  read(checkpoint: CheckpointRef): Promise<Uint8Array | null>;
  remove(checkpoint: CheckpointRef): Promise<void>;
  removeAll(job: Pick<TrainingJob, 'tenantId' | 'id'>): Promise<void>;
}

export interface ModelFiles {
  readonly onnx: Uint8Array;
  readonly manifest: ModelManifest;
  readonly card: string;
}

export interface Artefacts {
  save(job: TrainingJob, leaseEpoch: number, files: ModelFiles): Promise<TrainingOutcome['artifacts']>;
  /** Removes the artefacts of every attempt but those of `kept`. */
  removeOthers(job: Pick<TrainingJob, 'tenantId' | 'id'>, kept: TrainingOutcome['artifacts'] | null): Promise<void>;
}

export interface Devices {
  /** The device that `asked` means on this machine; throws device_unavailable with the reason. */
  choose(asked: Device): Promise<string>;
  /** Whether the device, once chosen somewhere, also works here. */
  has(device: string): Promise<boolean>;
}

export interface LearningFile {
  readonly fileId: string;
  readonly group: string | null;
  /** SHA-256 of the audio. */
  readonly contentId: string;
  readonly featurePath: string;
  /** The canonical WAV file; null: no copies of it are made. */
  readonly audioPath: string | null;
  readonly events: readonly { readonly artifactType: string; readonly startMs: number; readonly endMs: number }[];
}

export interface LearningRequest {
  readonly device: string;
  readonly threads: number;
  readonly settings: TrainingSettings;
  readonly files: readonly LearningFile[];
  readonly dataHash: string;
  readonly checkpoint: Uint8Array | null;
}

export interface LearningHooks {
  /** Kills the learning process. */
  readonly signal: AbortSignal;
  /** Share of the epochs done, 0-1. */
  readonly onProgress: (share: number) => void;
  /** After every epoch; learning goes on when it resolves. */
  readonly onEpoch: (epoch: Epoch, checkpoint: Uint8Array) => Promise<void>;
  /** The checkpoint is of no use (another version, other settings): learning starts over. */
  readonly onRestart: () => Promise<void>;
}

export interface LearningResult {
  readonly model: Uint8Array;
  readonly manifest: ModelManifest;
  readonly metrics: EvalMetrics;
  readonly epochs: readonly Epoch[];
  readonly bestEpoch: number;
  /** Largest difference of any score between the exported file, run elsewhere, and the trainer. */
  readonly parity: number;
  readonly splitBy: string;
}

export interface Learner {
  /**
   * Trains in a process of its own. Throws LearnerCrashed when that process dies, Problem device_unavailable or training_failed when
   * trying again cannot help.
   */
  learn(request: LearningRequest, hooks: LearningHooks): Promise<LearningResult>;
}

/** The learning process died: killed, out of memory, a fault of the machine. Trying again may help. */
export class LearnerCrashed extends Error {
  override readonly name = 'LearnerCrashed';
}

/** A worker's hold on a job. */
export interface Hold {
  readonly fence: LeaseHolder;
  /** Aborts when the lease is lost, the job is cancelled or the process stops. */
  readonly signal: AbortSignal;
  stop(): void;
}

export interface Leases {
  claim(job: TrainingJob, owner: string): Promise<LeaseHolder | null>;
  /** Keeps the lease and watches for cancellation. */
  hold(job: TrainingJob, fence: LeaseHolder, shutdown: AbortSignal): Hold;
  release(job: TrainingJob, fence: LeaseHolder): Promise<void>;
  /** Milliseconds until the lease of whoever holds the job ends; null when nobody does. */
  expiresInMs(job: TrainingJob): Promise<number | null>;
}
