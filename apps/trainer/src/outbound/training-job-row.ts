import { isFinished, type JobStatus, type TrainingJob, type TrainingOutcome } from '../domain/training-job.js';
import type { TrainingSettings } from '../domain/training-settings.js';
import { Prisma, type TrainingJob as TrainingJobRow } from './prisma-client/client.js';

/** A job from its row. */
export function toJob(row: TrainingJobRow): TrainingJob {
  const { checkpointKey: key, checkpointEpoch: epoch } = row;
  return {
    id: row.id,
    tenantId: row.tenantId,
    datasetId: row.datasetId,
    annotationSetId: row.annotationSetId,
    annotationSetVersion: row.annotationSetVersion,
    dataManifest: { key: row.manifestKey, sha256: row.manifestSha256, sizeBytes: row.manifestSizeBytes },
    status: row.status as JobStatus,
    settings: row.settings as unknown as TrainingSettings,
    progressPercent: row.progressPercent,
    device: row.device,
    threads: row.threads,
    checkpoint: key === null || epoch === null ? null : { key, epoch },
    crashes: row.crashes,
    outcome: row.outcome as unknown as TrainingOutcome | null,
    modelId: row.modelId,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    attempt: row.attempt,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    startedAt: row.startedAt,
    completedAt: row.completedAt,
    deletedAt: row.deletedAt,
  };
}

/** The columns of a new job. */
export function newRow(job: TrainingJob) {
  return {
    id: job.id,
    tenantId: job.tenantId,
    datasetId: job.datasetId,
    annotationSetId: job.annotationSetId,
    annotationSetVersion: job.annotationSetVersion,
    manifestKey: job.dataManifest.key,
    manifestSha256: job.dataManifest.sha256,
    manifestSizeBytes: job.dataManifest.sizeBytes,
    settings: job.settings as unknown as Prisma.InputJsonValue,
    createdAt: job.createdAt,
    ...changedColumns(job),
  };
}

/** The columns that a transition changes. Progress, checkpoint and crashes have writers of their own; a finished job has no lease. */
export function changedColumns(job: TrainingJob) {
  const { status, device, threads, modelId, errorCode, errorMessage, version, updatedAt, startedAt, completedAt, deletedAt } =
    job;
  const outcome = job.outcome === null ? Prisma.DbNull : (job.outcome as unknown as Prisma.InputJsonValue);
  const facts = {
    status,
    device,
    threads,
    outcome,
    modelId,
    errorCode,
    errorMessage,
    version,
    updatedAt,
    startedAt,
    completedAt,
    deletedAt,
  };
  const ended = isFinished(job) ? { leaseOwner: null, leaseExpiresAt: null } : {};
  return { ...facts, ...ended, ...(status === 'completed' ? { progressPercent: 100 } : {}) };
}
