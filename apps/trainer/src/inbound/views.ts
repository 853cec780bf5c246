import type { RouteReply, TrainingStatus } from '@earmark/contracts';
import type { CreationKey, ItemShape } from '@earmark/service-kit';
import type * as routes from '@earmark/contracts/trainer/routes';
import type { JobStatus } from '../domain/training-job.js';
import type { TrainingSettings } from '../domain/training-settings.js';
import type { JobSummary } from '../use-cases/read-training-job.js';

type TrainingJobView = RouteReply<typeof routes.readTrainingJob>['body'];

/** A training job on the wire. */
export function jobView({ job, epochs }: JobSummary): TrainingJobView {
  return {
    id: job.id,
    status: shownStatus(job.status),
    progress_percent: job.progressPercent,
    metrics: job.status === 'completed' ? (job.outcome?.metrics ?? null) : null,
    error_message: job.errorMessage,
    error_code: job.errorCode,
    dataset_id: job.datasetId,
    annotation_set_id: job.annotationSetId,
    config: configView(job.settings),
    epochs: epochs.map(({ epoch, trainLoss, valLoss, valF1 }) => ({
      epoch,
      train_loss: trainLoss,
      val_loss: valLoss,
      val_f1: valF1,
    })),
    device: job.device,
    model_id: job.modelId,
    attempt: job.attempt,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    completed_at: job.completedAt?.toISOString() ?? null,
  };
}

/** How jobs look in a list and where they stand. */
export const jobShape: ItemShape<JobSummary, CreationKey> = {
  view: jobView,
  keyOf: ({ job }) => ({ createdAt: job.createdAt, id: job.id }),
};

/** The stages that a client's `status` filter means. */
export function stagesOf(status: TrainingStatus): readonly JobStatus[] {
  return status === 'training' ? ['training', 'registering'] : [status];
}

function shownStatus(status: JobStatus): TrainingStatus {
  return status === 'registering' ? 'training' : status;
}

function configView(settings: TrainingSettings) {
  return {
    artifact_types: [...settings.artifactTypes],
    epochs: settings.epochs,
    validation_split: settings.validationSplit,
    learning_rate: settings.learningRate,
    batch_size: settings.batchSize,
    chunk_size_ms: settings.chunkSizeMs,
    stride_ms: settings.strideMs,
    seed: settings.seed,
    device: settings.device,
    augment: settings.augment,
    early_stopping: settings.earlyStopping,
  };
}
