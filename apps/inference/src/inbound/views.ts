import type {
  DetectionConfig as WireDetection,
  DetectionView,
  InferenceFileView,
  InferenceJobView,
  ResolvedDetectionConfig,
} from '@earmark/contracts/inference/routes';
import type { CreationKey, ItemShape } from '@earmark/service-kit';
import type { z } from 'zod';
import type { DetectionConfig, DetectionRequest } from '../domain/detection-config.js';
import type { InferenceFile, StoredDetection } from '../domain/inference-file.js';
import type { InferenceJob } from '../domain/inference-job.js';

/** A job as clients see it. */
export function jobView(job: InferenceJob): z.input<typeof InferenceJobView> {
  return {
    id: job.id,
    model_id: job.modelId,
    source_job_id: job.sourceJobId,
    config: configView(job.config),
    status: job.status,
    total_files: job.totalFiles,
    processed_files: job.processedFiles,
    failed_files: job.failedFiles,
    total_detections: job.totalDetections,
    error_message: job.errorMessage,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    completed_at: job.completedAt?.toISOString() ?? null,
  };
}

function configView({ thresholds, mergeWindowMs, minDurationMs }: DetectionConfig): z.input<typeof ResolvedDetectionConfig> {
  return { thresholds: { ...thresholds }, merge_window_ms: mergeWindowMs, min_duration_ms: minDurationMs };
}

/** A detection as clients see it: it names the model that made it. */
export function detectionView(
  { artifactType, startMs, endMs, confidence }: StoredDetection,
  modelId: string,
): z.input<typeof DetectionView> {
  return { model_id: modelId, artifact_type: artifactType, start_ms: startMs, end_ms: endMs, confidence };
}

/**
 * Detections that a file carries in one message: 5,000 with type names of 100 characters, each escaped, are 3.8 MB. The gateway sees by
 * `detection_count` that there are more and adds them. Whole pages of 1,000, so that it can go on page by page.
 */
const SHOWN_DETECTIONS = 5_000;

/** A file of a job as it travels to the gateway. */
export function fileView(file: InferenceFile, modelId: string): z.input<typeof InferenceFileView> {
  return {
    id: file.id,
    inference_job_id: file.jobId,
    original_filename: file.originalFilename,
    s3_key: file.s3Key,
    duration_ms: file.durationMs,
    status: file.status,
    error_code: file.errorCode,
    error_message: file.errorMessage,
    detections: file.detections?.slice(0, SHOWN_DETECTIONS).map((detection) => detectionView(detection, modelId)) ?? null,
    detection_count: file.detectionCount,
    created_at: file.createdAt.toISOString(),
    processed_at: file.processedAt?.toISOString() ?? null,
  };
}

/** How files look in a page and where they stand. */
export const fileShape = (modelId: string): ItemShape<InferenceFile, CreationKey> => ({
  view: (file) => fileView(file, modelId),
  keyOf: ({ createdAt, id }) => ({ createdAt, id }),
});

/** What a client asked for. */
export function detectionRequest(config: WireDetection): DetectionRequest {
  return {
    ...(config.threshold === undefined ? {} : { threshold: config.threshold }),
    ...(config.thresholds === undefined ? {} : { thresholds: config.thresholds }),
    ...(config.merge_window_ms === undefined ? {} : { mergeWindowMs: config.merge_window_ms }),
    ...(config.min_duration_ms === undefined ? {} : { minDurationMs: config.min_duration_ms }),
  };
}
