import { Problem, transition, type InferenceJobStatus, type ObjectRef, type Transition } from '@earmark/contracts';
import { inferenceJobCreated, inferenceJobFinished } from '@earmark/contracts/inference/events';
import type { DetectionConfig } from './detection-config.js';

/** Sums over the confirmed files of a job. */
export interface FileTotals {
  readonly totalFiles: number;
  readonly processedFiles: number;
  readonly failedFiles: number;
  readonly totalDetections: number;
}

export interface InferenceJob extends FileTotals {
  readonly id: string;
  readonly tenantId: string;
  readonly modelId: string;
  readonly sourceJobId: string | null;
  readonly status: InferenceJobStatus;
  readonly config: DetectionConfig;
  readonly onnx: ObjectRef;
  readonly errorMessage: string | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
  /** Set when the job is to be erased; nobody sees it from then on. */
  readonly purgedAt: Date | null;
}

/** What a new job is made of. */
export type NewInferenceJob = Pick<InferenceJob, 'id' | 'tenantId' | 'modelId' | 'sourceJobId' | 'config' | 'onnx'>;

/** A job without files. */
export function openJob(parts: NewInferenceJob, at: Date): Transition<InferenceJob> {
  const totals = { totalFiles: 0, processedFiles: 0, failedFiles: 0, totalDetections: 0 };
  const next: InferenceJob = {
    ...parts,
    ...totals,
    status: 'pending',
    errorMessage: null,
    version: 1,
    createdAt: at,
    startedAt: null,
    completedAt: null,
    purgedAt: null,
  };
  const { tenantId, id, modelId } = next;
  return transition(next, [inferenceJobCreated.fact({ tenantId, inferenceJobId: id, modelId })]);
}

/** Throws inference_job_finished when the job takes no files any more: only a cancelled one does not. */
export function requireOpen(job: InferenceJob): void {
  if (job.status === 'cancelled')
    throw new Problem('inference_job_finished', 'The job was cancelled; create another one for more files.');
}

/**
 * The job after its files changed: processing while one is not done, completed when all are, failed only when all failed; null when
 * nothing about it changed, so that its end is announced once. A file added to a completed job opens it again.
 */
export function settleJob(job: InferenceJob, totals: FileTotals, at: Date): Transition<InferenceJob> | null {
  const status = job.status === 'cancelled' ? 'cancelled' : statusOf(totals);
  if (status === job.status && sameTotals(job, totals)) return null;
  if (status === 'cancelled') return transition({ ...job, ...totals, version: job.version + 1 });
  const isOver = status === 'completed' || status === 'failed';
  const next: InferenceJob = {
    ...job,
    ...totals,
    status,
    errorMessage: status === 'failed' ? 'Every file of the job failed; see the files for the reasons.' : null,
    startedAt: job.startedAt ?? (totals.totalFiles > 0 ? at : null),
    completedAt: isOver ? at : null,
    version: job.version + 1,
  };
  return transition(next, isOver ? [finished(next, status)] : []);
}

function sameTotals(a: FileTotals, b: FileTotals): boolean {
  return (
    a.totalFiles === b.totalFiles &&
    a.processedFiles === b.processedFiles &&
    a.failedFiles === b.failedFiles &&
    a.totalDetections === b.totalDetections
  );
}

function statusOf({ totalFiles, processedFiles, failedFiles }: FileTotals): InferenceJobStatus {
  if (totalFiles === 0) return 'pending';
  if (processedFiles < totalFiles) return 'processing';
  return failedFiles === totalFiles ? 'failed' : 'completed';
}

/** Ends a job that is not finished; null when it was cancelled before. Throws inference_job_finished. */
export function cancelJob(job: InferenceJob, at: Date): Transition<InferenceJob> | null {
  if (job.status === 'cancelled') return null;
  if (job.status === 'completed' || job.status === 'failed') {
    throw new Problem('inference_job_finished', `The job is ${job.status} and cannot be cancelled.`);
  }
  const next: InferenceJob = { ...job, status: 'cancelled', completedAt: at, version: job.version + 1 };
  return transition(next, [finished(next, 'cancelled')]);
}

/** Takes a job from everybody's sight; what it consists of is erased afterwards. */
export function purgeJob(job: InferenceJob, at: Date): Transition<InferenceJob> {
  return transition({ ...job, purgedAt: at, version: job.version + 1 });
}

function finished(job: InferenceJob, status: 'completed' | 'failed' | 'cancelled') {
  const { tenantId, id, modelId, totalDetections } = job;
  return inferenceJobFinished.fact({ tenantId, inferenceJobId: id, modelId, status, totalDetections });
}
