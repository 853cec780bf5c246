import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { devices, trainingStatuses } from '../vocabulary/statuses.js';
import { Instant, text, Uuid } from '../vocabulary/values.js';
import { EvalMetrics } from '../vocabulary/metrics.js';

/** What a client may choose about a training; ranges and defaults are part of the public API. */
export const TrainingConfig = z
  .object({
    artifact_types: z.array(text(100)).min(1).max(100),
    epochs: z.number().int().min(1).max(100).default(20),
    validation_split: z.number().min(0.1).max(0.5).default(0.2),
    learning_rate: z.number().min(0.0001).max(0.1).default(0.001),
    batch_size: z.number().int().min(8).max(256).default(32),
    chunk_size_ms: z.number().int().min(100).max(5000).default(500),
    stride_ms: z.number().int().min(10).max(5000).default(250),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
    device: z.enum(devices).default('auto'),
    augment: z.boolean().default(true),
    early_stopping: z.boolean().default(true),
  })
  .refine((config) => config.stride_ms <= config.chunk_size_ms, { message: 'must not exceed chunk_size_ms', path: ['stride_ms'] })
  .refine((config) => new Set(config.artifact_types).size === config.artifact_types.length, {
    message: 'must not name a type twice',
    path: ['artifact_types'],
  });
export type TrainingConfig = z.output<typeof TrainingConfig>;

export const EpochView = z.object({
  epoch: z.number().int(),
  train_loss: z.number(),
  val_loss: z.number().nullable(),
  val_f1: z.number().nullable(),
});

export const TrainingJobView = z.object({
  id: Uuid,
  status: z.enum(trainingStatuses),
  progress_percent: z.number().min(0).max(100),
  metrics: EvalMetrics.nullable(),
  error_message: z.string().nullable(),
  error_code: z.string().nullable(),
  dataset_id: Uuid,
  annotation_set_id: Uuid,
  config: z.looseObject({ artifact_types: z.array(z.string()) }),
  epochs: z.array(EpochView),
  device: z.string().nullable(),
  model_id: Uuid.nullable(),
  attempt: z.number().int(),
  created_at: Instant,
  started_at: Instant.nullable(),
  completed_at: Instant.nullable(),
});

const JobParams = z.object({ training_job_id: Uuid });

export const createTrainingJob = defineRoute({
  name: 'trainer.create-training-job',
  method: 'POST',
  path: '/training-jobs',
  summary: 'Starts training a detector on a published annotation set.',
  scope: 'train',
  body: z.object({ dataset_id: Uuid, annotation_set_id: Uuid, config: TrainingConfig }),
  status: 201,
  answer: TrainingJobView,
  problems: [
    'dataset_not_found',
    'annotation_set_not_found',
    'annotation_set_not_published',
    'audio_not_ready',
    'not_enough_audio',
    'no_annotations_for_type',
  ],
  timeoutMs: 30_000,
  exampleBody: {
    dataset_id: exampleIds.datasetId,
    annotation_set_id: exampleIds.annotationSetId,
    config: { artifact_types: ['glitch', 'long_pause'], epochs: 20, validation_split: 0.2 },
  },
});

export const listTrainingJobs = defineRoute({
  name: 'trainer.list-training-jobs',
  method: 'GET',
  path: '/training-jobs',
  summary: 'Lists training jobs, newest first.',
  scope: 'read',
  query: PageQuery.extend({ status: z.enum(trainingStatuses).optional(), dataset_id: Uuid.optional() }),
  status: 200,
  answer: listOf(TrainingJobView),
});

export const readTrainingJob = defineRoute({
  name: 'trainer.read-training-job',
  method: 'GET',
  path: '/training-jobs/{training_job_id}',
  summary: 'Reads a training job with its progress, curves and metrics.',
  scope: 'read',
  params: JobParams,
  status: 200,
  answer: TrainingJobView,
  problems: ['training_job_not_found'],
});

export const watchTrainingJob = defineRoute({
  name: 'trainer.watch-training-job',
  method: 'GET',
  path: '/training-jobs/{training_job_id}/events',
  summary: 'Follows a training job as server-sent events: one `training-job` event per change, until it is finished.',
  scope: 'read',
  params: JobParams,
  status: 200,
  answer: TrainingJobView,
  answerKind: 'events',
  problems: ['training_job_not_found'],
});

export const cancelTrainingJob = defineRoute({
  name: 'trainer.cancel-training-job',
  method: 'DELETE',
  path: '/training-jobs/{training_job_id}',
  summary: 'Cancels a training job that is not finished; cancelling again answers the same.',
  scope: 'train',
  params: JobParams,
  status: 200,
  answer: TrainingJobView,
  problems: ['training_job_not_found', 'training_job_finished', 'training_job_registering'],
});

/** Every REST route of the trainer, by its operation id. */
export const trainerRoutes = {
  createTrainingJob,
  listTrainingJobs,
  readTrainingJob,
  watchTrainingJob,
  cancelTrainingJob,
} as const;
