import type { z } from 'zod';
import {
  AnnotationSetDetail,
  AnnotationSetView,
  AnnotationView,
  AudioFileView,
  DatasetView,
  UploadTicket,
} from '../catalog/routes.js';
import { ApiKeyView, CreatedApiKey } from '../gateway/routes.js';
import { DetectionView, InferenceFileView, InferenceJobDetail, InferenceJobView } from '../inference/routes.js';
import { ModelView } from '../model-registry/routes.js';
import { EpochView, TrainingJobView } from '../trainer/routes.js';
import { ClassMetrics, EvalMetrics, MetricBlock } from '../vocabulary/metrics.js';

/** Views that the documents name instead of repeating. */
export const componentSchemas: Readonly<Record<string, z.ZodType>> = {
  Annotation: AnnotationView,
  AnnotationSet: AnnotationSetView,
  AnnotationSetWithAnnotations: AnnotationSetDetail,
  ApiKey: ApiKeyView,
  AudioFile: AudioFileView,
  ClassMetrics,
  CreatedApiKey,
  Dataset: DatasetView,
  Detection: DetectionView,
  Epoch: EpochView,
  EvalMetrics,
  InferenceFile: InferenceFileView,
  InferenceJob: InferenceJobView,
  InferenceJobWithFiles: InferenceJobDetail,
  MetricBlock,
  Model: ModelView,
  TrainingJob: TrainingJobView,
  UploadTicket,
};

export const componentNames: ReadonlyMap<z.ZodType, string> = new Map(
  Object.entries(componentSchemas).map(([name, schema]) => [schema, name]),
);
