import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { ModelManifest } from '../manifests/model-manifest.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { EvalMetrics } from '../vocabulary/metrics.js';
import { ObjectRef, UnitInterval, Uuid } from '../vocabulary/values.js';

const { tenantId, trainingJobId, datasetId, annotationSetId, modelId, sha256 } = exampleIds;
const exampleObject = { key: `${tenantId}/models/${trainingJobId}/1/model.onnx`, sha256, sizeBytes: 600_000 };
const exampleManifest: z.input<typeof ModelManifest> = {
  manifestVersion: 1,
  kind: 'detector',
  artifactTypes: ['glitch'],
  thresholds: { glitch: 0.5 },
  featureSpec: { version: 1, sampleRateHz: 16_000, hopSamples: 160, windowSamples: 400, featureCount: 69 },
  chunkSizeMs: 500,
  strideMs: 250,
  contextSamples: 16_000,
  postProcessing: { mergeWindowMs: 200, minDurationMs: 50 },
  inputs: ['wave'],
  outputs: ['frame_scores', 'chunk_scores'],
  dataHash: sha256,
  seed: 1,
  engine: 'onnxruntime',
  versions: { earmark: '0.1.0' },
};
const exampleClass = {
  precision: 0.9,
  recall: 0.8,
  f1_score: 0.85,
  support: 40,
  false_alarms_per_hour: 2,
  threshold: 0.5,
  f1_interval: null,
};
const exampleMetrics: z.input<typeof EvalMetrics> = {
  precision: 0.9,
  recall: 0.8,
  f1_score: 0.85,
  per_class: { glitch: exampleClass },
  segment_based: null,
  settings: {
    averaging: 'macro',
    collar_ms: 250,
    segment_ms: 1000,
    merge_window_ms: 200,
    min_duration_ms: 50,
    thresholds: { glitch: 0.5 },
    thresholds_from: 'validation, cross-fitted',
    validation_minutes: 12,
    small_data: false,
  },
};

export const registerModel = defineRpc({
  name: 'model-registry.register-model',
  version: 1,
  summary: 'Registers the model of a successful training job; asking again for the same job answers the same model.',
  request: z.object({
    tenantId: Uuid,
    trainingJobId: Uuid,
    datasetId: Uuid,
    annotationSetId: Uuid,
    annotationSetVersion: z.number().int(),
    manifest: ModelManifest,
    evalMetrics: EvalMetrics,
    artifacts: z.object({ onnx: ObjectRef, manifest: ObjectRef, card: ObjectRef }),
    lineage: z.record(z.string(), z.json()),
  }),
  response: z.object({ modelId: Uuid }),
  exampleRequest: {
    tenantId,
    trainingJobId,
    datasetId,
    annotationSetId,
    annotationSetVersion: 1,
    manifest: exampleManifest,
    evalMetrics: exampleMetrics,
    artifacts: { onnx: exampleObject, manifest: exampleObject, card: exampleObject },
    lineage: { data_hash: sha256 },
  },
  exampleResponse: { modelId },
  timeoutMs: 10_000,
});

export const findModel = defineRpc({
  name: 'model-registry.find-model',
  version: 1,
  summary:
    'What is needed to run a model, by id or alias; problem model_not_found. Archived and inactive models are answered as such.',
  request: z.object({ tenantId: Uuid, model: z.string().min(1).max(100) }),
  response: z.object({
    modelId: Uuid,
    isActive: z.boolean(),
    isArchived: z.boolean(),
    artifactTypes: z.array(z.string()),
    thresholds: z.record(z.string(), UnitInterval),
    manifest: ModelManifest,
    onnx: ObjectRef,
  }),
  exampleRequest: { tenantId, model: modelId },
  exampleResponse: {
    modelId,
    isActive: true,
    isArchived: false,
    artifactTypes: ['glitch'],
    thresholds: { glitch: 0.5 },
    manifest: exampleManifest,
    onnx: exampleObject,
  },
  timeoutMs: 5_000,
});

export const modelRegistryRpcs = [registerModel, findModel] as const;
