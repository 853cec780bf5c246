import type {
  DetectionConfig as WireDetection,
  InferenceFileView,
  InferenceJobView,
  ResolvedDetectionConfig,
} from '@earmark/contracts/inference/routes';
import type { z } from 'zod';
import type { DetectionConfig, DetectionRequest } from '../domain/detection-config.js';
import type { InferenceFile } from '../domain/inference-file.js';
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

/** A file of a job as clients see it; detections name the model that made them. */
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
    detections:
      file.detections?.map(({ artifactType, startMs, endMs, confidence }) => ({
        model_id: modelId,
        artifact_type: artifactType,
        start_ms: startMs,
        end_ms: endMs,
        confidence,
      })) ?? null,
    detection_count: file.detectionCount,
    created_at: file.createdAt.toISOString(),
    processed_at: file.processedAt?.toISOString() ?? null,
  };
}

/** What a client asked for; the contract has filled in the defaults. */
export function detectionRequest(config: WireDetection): DetectionRequest {
  return {
    ...(config.threshold === undefined ? {} : { threshold: config.threshold }),
    ...(config.thresholds === undefined ? {} : { thresholds: config.thresholds }),
    mergeWindowMs: config.merge_window_ms,
    minDurationMs: config.min_duration_ms,
  };
}
