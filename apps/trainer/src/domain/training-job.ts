import {
  Problem,
  transition,
  type EvalMetrics,
  type Message,
  type ModelManifest,
  type ObjectRef,
  type Transition,
} from '@earmark/contracts';
import {
  trainingJobCancelled,
  trainingJobCompleted,
  trainingJobCreated,
  trainingJobFailed,
  trainingJobStarted,
} from '@earmark/contracts/trainer/events';
import { trainModel } from '@earmark/contracts/trainer/jobs';
import { laneOf, type TrainingSettings } from './training-settings.js';

/** Stages of a job that goes on; `registering` is shown to clients as `training` and can no longer be cancelled. */
export const unfinishedStatuses = ['pending', 'queued', 'training', 'registering'] as const;
/** Stages in which a worker may hold the lease. */
export const workableStatuses = ['pending', 'queued', 'training', 'registering'] as const;
export type JobStatus = (typeof unfinishedStatuses)[number] | 'completed' | 'failed' | 'cancelled';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a training made, kept so that registering can be repeated. */
export interface TrainingOutcome {
  readonly manifest: ModelManifest;
  readonly metrics: EvalMetrics;
  readonly artifacts: { readonly onnx: ObjectRef; readonly manifest: ObjectRef; readonly card: ObjectRef };
  readonly lineage: Readonly<Record<string, Json>>;
}

/** Where to resume: after `epoch` epochs. */
export interface CheckpointRef {
  readonly key: string;
  readonly epoch: number;
}

export interface TrainingJob {
  readonly id: string;
  readonly tenantId: string;
  readonly datasetId: string;
  readonly annotationSetId: string;
  readonly annotationSetVersion: number;
  /** The published manifest: fixed when the job was created. */
  readonly dataManifest: ObjectRef;
  readonly status: JobStatus;
  readonly settings: TrainingSettings;
  readonly progressPercent: number;
  /** Fixed at the first claim, as is `threads`. */
  readonly device: string | null;
  readonly threads: number | null;
  readonly checkpoint: CheckpointRef | null;
  /** How often the learning process died. */
  readonly crashes: number;
  readonly outcome: TrainingOutcome | null;
  readonly modelId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Claims by workers so far; the store reads it, the lease table writes it. */
  readonly attempt: number;
  /** Optimistic lock; 1 when created. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  readonly deletedAt: Date | null;
}

export type NewTrainingJob = Pick<
  TrainingJob,
  'tenantId' | 'datasetId' | 'annotationSetId' | 'annotationSetVersion' | 'dataManifest' | 'settings'
>;

/** Where and on how many threads a training computes: together with data and seed they decide every bit of the result. */
export interface Machine {
  readonly device: string;
  readonly threads: number;
}

export function isFinished({ status }: Pick<TrainingJob, 'status'>): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/** A new job, to be queued in the same transaction. */
export function createTrainingJob(parts: NewTrainingJob, { id, at }: { id: string; at: Date }): Transition<TrainingJob> {
  const job: TrainingJob = {
    ...parts,
    id,
    status: 'pending',
    progressPercent: 0,
    device: null,
    threads: null,
    checkpoint: null,
    crashes: 0,
    outcome: null,
    modelId: null,
    errorCode: null,
    errorMessage: null,
    attempt: 0,
    version: 1,
    createdAt: at,
    updatedAt: at,
    startedAt: null,
    completedAt: null,
    deletedAt: null,
  };
  const created = trainingJobCreated.fact({ ...identityOf(job), artifactTypes: [...parts.settings.artifactTypes] });
  return transition(job, [created]);
}

/** The message that brings a worker to an unfinished job. */
export function workMessage(job: Pick<TrainingJob, 'tenantId' | 'id' | 'settings'>): Message {
  return trainModel.request({ tenantId: job.tenantId, trainingJobId: job.id }, laneOf(job.settings.device));
}

/** Waits for a worker of its lane. */
export function queueJob(job: TrainingJob, at: Date): Transition<TrainingJob> {
  const next: TrainingJob = { ...moved(job, at), status: 'queued' };
  return transition(next, [workMessage(next)]);
}

/** A worker begins, or takes over from one that died. */
export function beginJob(job: TrainingJob, machine: Machine, at: Date): Transition<TrainingJob> {
  const next: TrainingJob = { ...moved(job, at), ...machine, status: 'training', startedAt: job.startedAt ?? at };
  const started = trainingJobStarted.fact({ ...identityOf(next), attempt: next.attempt, device: machine.device });
  return transition(next, [started]);
}

/** Everything is made and stored; from here on the job can only complete. */
export function registerJob(job: TrainingJob, outcome: TrainingOutcome, at: Date): Transition<TrainingJob> {
  return transition({ ...moved(job, at), status: 'registering', outcome });
}

/** The registry knows the model. */
export function completeJob(job: TrainingJob, modelId: string, at: Date): Transition<TrainingJob> {
  const next: TrainingJob = { ...moved(job, at), status: 'completed', modelId, progressPercent: 100, completedAt: at };
  const f1Score = job.outcome?.metrics.f1_score ?? 0;
  return transition(next, [trainingJobCompleted.fact({ ...identityOf(next), modelId, f1Score })]);
}

/** Failed for good, with a sentence for the client. */
export function failJob(
  job: TrainingJob,
  { code, message }: { code: string; message: string },
  at: Date,
): Transition<TrainingJob> {
  const next: TrainingJob = { ...moved(job, at), status: 'failed', errorCode: code, errorMessage: message, completedAt: at };
  return transition(next, [trainingJobFailed.fact({ ...identityOf(next), errorCode: code, errorMessage: message })]);
}

/** The cancelled job, or null when it already is. Throws training_job_finished, or training_job_registering when it is too late. */
export function cancelJob(job: TrainingJob, at: Date): Transition<TrainingJob> | null {
  if (job.status === 'cancelled') return null;
  if (isFinished(job)) throw new Problem('training_job_finished', `The training job is already ${job.status}.`);
  if (job.status === 'registering') {
    throw new Problem(
      'training_job_registering',
      'The training is done and its model is being registered; it can no longer be cancelled.',
    );
  }
  const next: TrainingJob = { ...moved(job, at), status: 'cancelled', completedAt: at };
  return transition(next, [trainingJobCancelled.fact(identityOf(next))]);
}

/** The tombstone of a job whose organisation is gone; a running one ends. */
export function deleteJob(job: TrainingJob, at: Date): Transition<TrainingJob> {
  if (isFinished(job)) return transition({ ...moved(job, at), deletedAt: at });
  const next: TrainingJob = { ...moved(job, at), status: 'cancelled', completedAt: at, deletedAt: at };
  return transition(next, [trainingJobCancelled.fact(identityOf(next))]);
}

function moved(job: TrainingJob, at: Date): TrainingJob {
  return { ...job, version: job.version + 1, updatedAt: at };
}

function identityOf({ tenantId, id, datasetId, annotationSetId }: TrainingJob) {
  return { tenantId, trainingJobId: id, datasetId, annotationSetId };
}
