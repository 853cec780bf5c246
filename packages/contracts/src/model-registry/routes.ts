import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { StoredObject } from '../kernel/route-call.js';
import { EvalMetrics } from '../vocabulary/metrics.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { Instant, QueryBoolean, text, UnitInterval, Uuid } from '../vocabulary/values.js';

export const modelArtifacts = ['onnx', 'manifest', 'card'] as const;
export type ModelArtifact = (typeof modelArtifacts)[number];

export const modelKinds = ['detector'] as const;

export const ModelView = z.object({
  id: Uuid,
  kind: z.enum(modelKinds),
  name: z.string().nullable(),
  description: z.string().nullable(),
  artifact_types: z.array(z.string()),
  training_job_id: Uuid,
  dataset_id: Uuid,
  dataset_deleted: z.boolean(),
  annotation_set_id: Uuid,
  annotation_set_version: z.number().int(),
  eval_metrics: EvalMetrics,
  thresholds: z.record(z.string(), UnitInterval),
  aliases: z.array(z.string()),
  is_active: z.boolean(),
  archived_at: Instant.nullable(),
  artifacts: z.record(z.string(), z.object({ sha256: z.string(), size_bytes: z.number().int() })),
  lineage: z.looseObject({ data_hash: z.string() }),
  created_at: Instant,
  updated_at: Instant,
});

const ModelParams = z.object({ model_id: Uuid });

export const listModels = defineRoute({
  name: 'model-registry.list-models',
  method: 'GET',
  path: '/models',
  summary: 'Lists models that are not archived, newest first.',
  scope: 'read',
  query: PageQuery.extend({
    is_active: QueryBoolean.optional(),
    artifact_type: z.string().optional(),
    kind: z.enum(modelKinds).optional(),
    sort: z.enum(['created_at', '-created_at', 'f1_score', '-f1_score']).default('-created_at'),
  }),
  status: 200,
  answer: listOf(ModelView),
});

export const readModel = defineRoute({
  name: 'model-registry.read-model',
  method: 'GET',
  path: '/models/{model_id}',
  summary: 'Reads a model; an archived one shows `archived_at`.',
  scope: 'read',
  params: ModelParams,
  status: 200,
  answer: ModelView,
  problems: ['model_not_found'],
});

export const changeModel = defineRoute({
  name: 'model-registry.change-model',
  method: 'PATCH',
  path: '/models/{model_id}',
  summary: 'Changes name, description, activity, thresholds or aliases.',
  scope: 'write',
  params: ModelParams,
  body: z.object({
    name: text(200).nullable().optional(),
    description: text(20_000, 0).nullable().optional(),
    is_active: z.boolean().optional(),
    thresholds: z.record(z.string(), UnitInterval).optional(),
    aliases: z
      .array(z.string().regex(/^[a-z][a-z0-9._-]{0,63}$/))
      .max(20)
      .optional(),
  }),
  status: 200,
  answer: ModelView,
  problems: ['model_not_found', 'model_archived', 'precondition_failed', 'conflict'],
  exampleBody: { name: 'Glitch detector v2', is_active: true },
});

export const archiveModel = defineRoute({
  name: 'model-registry.archive-model',
  method: 'DELETE',
  path: '/models/{model_id}',
  summary: 'Archives a model: it is kept for audit, leaves the lists and can no longer infer.',
  scope: 'write',
  params: ModelParams,
  status: 204,
  problems: ['model_not_found', 'precondition_failed'],
});

export const readModelArtifact = defineRoute({
  name: 'model-registry.read-model-artifact',
  method: 'GET',
  path: '/models/{model_id}/artifacts/{artifact}',
  summary: 'Downloads the ONNX file, the manifest or the model card.',
  scope: 'read',
  params: ModelParams.extend({ artifact: z.enum(modelArtifacts) }),
  status: 200,
  answer: StoredObject,
  answerKind: 'object',
  problems: ['model_not_found', 'model_archived'],
});

/** Every REST route of the model registry, by its operation id. */
export const modelRegistryRoutes = { listModels, readModel, changeModel, archiveModel, readModelArtifact } as const;
