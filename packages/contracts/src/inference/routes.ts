import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { inferenceFileStatuses, inferenceJobStatuses } from '../vocabulary/statuses.js';
import { Instant, maxUploadBytes, PositionMs, QueryBoolean, text, UnitInterval, Uuid } from '../vocabulary/values.js';

/** How scores become detections. What is left out is the model's own (of a job thresholded again: that job's), and echoed resolved. */
export const DetectionConfig = z.object({
  threshold: UnitInterval.optional(),
  thresholds: z.record(z.string(), UnitInterval).optional(),
  merge_window_ms: z.number().int().min(0).max(5000).optional(),
  min_duration_ms: z.number().int().min(0).max(1000).optional(),
});
export type DetectionConfig = z.output<typeof DetectionConfig>;

export const ResolvedDetectionConfig = z.object({
  thresholds: z.record(z.string(), UnitInterval),
  merge_window_ms: z.number().int(),
  min_duration_ms: z.number().int(),
});

/** Detections that one file may have; with more it fails with `too_many_detections`. */
export const maxDetectionsPerFile = 50_000;

export const DetectionView = z.object({
  model_id: Uuid,
  artifact_type: z.string(),
  start_ms: PositionMs,
  end_ms: PositionMs,
  confidence: UnitInterval,
});

export const InferenceFileView = z.object({
  id: Uuid,
  inference_job_id: Uuid,
  original_filename: z.string(),
  s3_key: z.string(),
  duration_ms: z.number().int().nullable(),
  status: z.enum(inferenceFileStatuses),
  error_code: z.string().nullable(),
  error_message: z.string().nullable(),
  detections: z.array(DetectionView).nullable(),
  detection_count: z.number().int().nullable(),
  created_at: Instant,
  processed_at: Instant.nullable(),
});

export const InferenceJobView = z.object({
  id: Uuid,
  model_id: Uuid,
  source_job_id: Uuid.nullable(),
  config: ResolvedDetectionConfig,
  status: z.enum(inferenceJobStatuses),
  total_files: z.number().int(),
  processed_files: z.number().int(),
  failed_files: z.number().int(),
  total_detections: z.number().int(),
  error_message: z.string().nullable(),
  created_at: Instant,
  started_at: Instant.nullable(),
  completed_at: Instant.nullable(),
});

/** Files of a job that its detail shows; the rest by `files_next_cursor` from the files list. */
export const filesPerDetail = 1000;

/** With its first 1,000 files; the rest by `files_next_cursor` from the files list. */
export const InferenceJobDetail = InferenceJobView.extend({
  files: z.array(InferenceFileView),
  files_next_cursor: z.string().nullable(),
});

const JobParams = z.object({ inference_job_id: Uuid });
const FileParams = z.object({ inference_job_id: Uuid, file_id: Uuid });

export const createInferenceJob = defineRoute({
  name: 'inference.create-inference-job',
  method: 'POST',
  path: '/inference-jobs',
  summary: 'Creates an inference job for a model; files are added to it next.',
  scope: 'detect',
  body: z.object({ model_id: text(100), config: DetectionConfig.nullish() }),
  status: 201,
  answer: InferenceJobView,
  problems: ['model_not_found', 'model_archived', 'model_inactive'],
  exampleBody: { model_id: exampleIds.modelId, config: { merge_window_ms: 200 } },
});

export const listInferenceJobs = defineRoute({
  name: 'inference.list-inference-jobs',
  method: 'GET',
  path: '/inference-jobs',
  summary: 'Lists inference jobs, newest first.',
  scope: 'read',
  query: PageQuery.extend({ status: z.enum(inferenceJobStatuses).optional(), model_id: Uuid.optional() }),
  status: 200,
  answer: listOf(InferenceJobView),
});

export const listInferenceFiles = defineRoute({
  name: 'inference.list-inference-files',
  method: 'GET',
  path: '/inference-jobs/{inference_job_id}/files',
  summary: 'Lists the files of an inference job with their detections, in the order they were added.',
  scope: 'read',
  params: JobParams,
  query: PageQuery.extend({ status: z.enum(inferenceFileStatuses).optional() }),
  status: 200,
  answer: listOf(InferenceFileView),
  problems: ['inference_job_not_found'],
});

export const readInferenceJob = defineRoute({
  name: 'inference.read-inference-job',
  method: 'GET',
  path: '/inference-jobs/{inference_job_id}',
  summary: 'Reads an inference job with its files and detections.',
  scope: 'read',
  params: JobParams,
  status: 200,
  answer: InferenceJobDetail,
  answerPage: { items: 'files', cursor: 'files_next_cursor', size: filesPerDetail, continuedBy: listInferenceFiles },
  problems: ['inference_job_not_found'],
});

export const deleteInferenceJob = defineRoute({
  name: 'inference.delete-inference-job',
  method: 'DELETE',
  path: '/inference-jobs/{inference_job_id}',
  summary: 'Cancels an inference job that is not finished; with `purge` erases any job with its uploaded audio and its scores.',
  scope: 'detect',
  params: JobParams,
  query: z.object({ purge: QueryBoolean.default(false) }),
  status: 200,
  answer: InferenceJobView.nullable(),
  answerKind: 'json-or-empty',
  problems: ['inference_job_not_found', 'inference_job_finished'],
});

export const cancelInferenceJob = defineRoute({
  name: 'inference.cancel-inference-job',
  method: 'POST',
  path: '/inference-jobs/{inference_job_id}/cancel',
  summary: 'Cancels an inference job that is not finished; cancelling again answers the same.',
  scope: 'detect',
  params: JobParams,
  status: 200,
  answer: InferenceJobView,
  problems: ['inference_job_not_found', 'inference_job_finished'],
});

export const createInferenceUpload = defineRoute({
  name: 'inference.create-inference-upload',
  method: 'POST',
  path: '/inference-jobs/{inference_job_id}/files/upload-url',
  summary: 'Reserves a file of an inference job and returns a presigned upload.',
  scope: 'detect',
  params: JobParams,
  body: z.object({
    filename: text(500),
    file_size_bytes: z.number().int().min(1).max(maxUploadBytes),
    content_type: text(200),
  }),
  status: 200,
  answer: z.object({
    file_id: Uuid,
    upload_url: z.url(),
    upload_fields: z.record(z.string(), z.string()),
    put_url: z.url(),
    s3_key: z.string(),
    expires_in: z.number().int(),
  }),
  problems: ['inference_job_not_found', 'inference_job_finished'],
  exampleBody: { filename: 'new.mp3', file_size_bytes: 240_000, content_type: 'audio/mpeg' },
});

export const confirmInferenceUpload = defineRoute({
  name: 'inference.confirm-inference-upload',
  method: 'POST',
  path: '/inference-jobs/{inference_job_id}/files/confirm',
  summary: 'Confirms an uploaded file; detection begins by itself.',
  scope: 'detect',
  params: JobParams,
  body: z.object({ file_id: Uuid }),
  status: 200,
  answer: InferenceFileView,
  problems: ['inference_job_not_found', 'inference_file_not_found', 'inference_job_finished', 'audio_not_uploaded'],
  exampleBody: { file_id: exampleIds.inferenceFileId },
});

export const addDatasetAudio = defineRoute({
  name: 'inference.add-dataset-audio',
  method: 'POST',
  path: '/inference-jobs/{inference_job_id}/files',
  summary: 'Adds audio that a dataset already holds, without a second upload.',
  scope: 'detect',
  params: JobParams,
  body: z.object({ audio_file_ids: z.array(Uuid).min(1).max(1000) }),
  status: 201,
  answer: z.object({ items: z.array(InferenceFileView) }),
  problems: ['inference_job_not_found', 'audio_file_not_found', 'inference_job_finished'],
  exampleBody: { audio_file_ids: [exampleIds.audioFileId] },
});

export const readInferenceFile = defineRoute({
  name: 'inference.read-inference-file',
  method: 'GET',
  path: '/inference-jobs/{inference_job_id}/files/{file_id}',
  summary: 'Reads one file of an inference job with its detections.',
  scope: 'read',
  params: FileParams,
  status: 200,
  answer: InferenceFileView,
  problems: ['inference_job_not_found', 'inference_file_not_found'],
});

export const listDetections = defineRoute({
  name: 'inference.list-detections',
  method: 'GET',
  path: '/inference-jobs/{inference_job_id}/files/{file_id}/detections',
  summary: 'Lists the detections of one file, in the order of their start; empty until the file is completed.',
  scope: 'read',
  params: FileParams,
  query: PageQuery,
  status: 200,
  answer: listOf(DetectionView),
  problems: ['inference_job_not_found', 'inference_file_not_found'],
});

export const readInferenceDownload = defineRoute({
  name: 'inference.read-inference-download',
  method: 'GET',
  path: '/inference-jobs/{inference_job_id}/files/{file_id}/download-url',
  summary: 'A short-lived URL of the original file.',
  scope: 'read',
  params: FileParams,
  status: 200,
  answer: z.object({ download_url: z.url(), expires_in: z.number().int() }),
  problems: ['inference_job_not_found', 'inference_file_not_found', 'audio_not_uploaded'],
});

export const rethreshold = defineRoute({
  name: 'inference.rethreshold',
  method: 'POST',
  path: '/inference-jobs/{inference_job_id}/rethreshold',
  summary: 'Applies other thresholds to the stored scores of a finished job, as a new job.',
  scope: 'detect',
  params: JobParams,
  body: z.object({ config: DetectionConfig }),
  status: 201,
  answer: InferenceJobView,
  problems: ['inference_job_not_found', 'conflict'],
  exampleBody: { config: { threshold: 0.7 } },
  timeoutMs: 30_000,
});

/** Every REST route of inference, by its operation id. */
export const inferenceRoutes = {
  createInferenceJob,
  listInferenceJobs,
  readInferenceJob,
  deleteInferenceJob,
  cancelInferenceJob,
  createInferenceUpload,
  confirmInferenceUpload,
  addDatasetAudio,
  listInferenceFiles,
  readInferenceFile,
  listDetections,
  readInferenceDownload,
  rethreshold,
} as const;
