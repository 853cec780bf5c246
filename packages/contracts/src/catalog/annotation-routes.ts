import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { ExtraData, Instant, PositionMs, text, UnitInterval, Uuid } from '../vocabulary/values.js';
import { AnnotationParams, SetParams } from './path-params.js';

export const AnnotationView = z.object({
  id: Uuid,
  annotation_set_id: Uuid,
  audio_file_id: Uuid,
  artifact_type: z.string(),
  start_ms: PositionMs,
  end_ms: PositionMs,
  confidence: UnitInterval,
  extra_data: z.record(z.string(), z.json()).nullable(),
  /** False when the artifact type was removed from the dataset. */
  is_valid: z.boolean(),
  created_at: Instant,
});

export const NewAnnotation = z
  .object({
    audio_file_id: Uuid,
    artifact_type: text(100),
    start_ms: PositionMs,
    end_ms: PositionMs,
    confidence: UnitInterval.default(1),
    extra_data: ExtraData.nullish(),
  })
  .refine((value) => value.end_ms > value.start_ms, { message: 'must be greater than start_ms', path: ['end_ms'] });

const exampleAnnotation = {
  audio_file_id: exampleIds.audioFileId,
  artifact_type: 'glitch',
  start_ms: 1200,
  end_ms: 1260,
  confidence: 1,
};

export const listAnnotations = defineRoute({
  name: 'catalog.list-annotations',
  method: 'GET',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/annotations',
  summary: 'Lists the annotations of a set in a stable order.',
  scope: 'read',
  params: SetParams,
  query: PageQuery.extend({ audio_file_id: Uuid.optional(), artifact_type: z.string().optional() }),
  status: 200,
  answer: listOf(AnnotationView),
  problems: ['dataset_not_found', 'annotation_set_not_found'],
});

export const createAnnotation = defineRoute({
  name: 'catalog.create-annotation',
  method: 'POST',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/annotations',
  summary: 'Adds one annotation to a draft.',
  scope: 'write',
  params: SetParams,
  body: NewAnnotation,
  status: 201,
  answer: AnnotationView,
  problems: ['dataset_not_found', 'annotation_set_not_found', 'annotation_set_published'],
  exampleBody: exampleAnnotation,
});

export const createAnnotationsInBulk = defineRoute({
  name: 'catalog.create-annotations-in-bulk',
  method: 'POST',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/annotations/bulk',
  summary: 'Adds up to 10,000 annotations to a draft, all or none.',
  scope: 'write',
  params: SetParams,
  body: z.object({ annotations: z.array(NewAnnotation).min(1).max(10_000) }),
  status: 201,
  answer: z.object({ created: z.number().int(), annotations: z.array(AnnotationView) }),
  problems: ['dataset_not_found', 'annotation_set_not_found', 'annotation_set_published'],
  bodyLimitBytes: 4 * 1_048_576,
  timeoutMs: 30_000,
  exampleBody: { annotations: [exampleAnnotation] },
});

export const changeAnnotation = defineRoute({
  name: 'catalog.change-annotation',
  method: 'PATCH',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/annotations/{annotation_id}',
  summary: 'Changes an annotation of a draft.',
  scope: 'write',
  params: AnnotationParams,
  body: z.object({
    artifact_type: text(100).optional(),
    start_ms: PositionMs.optional(),
    end_ms: PositionMs.optional(),
    confidence: UnitInterval.optional(),
    extra_data: ExtraData.nullable().optional(),
  }),
  status: 200,
  answer: AnnotationView,
  problems: ['dataset_not_found', 'annotation_set_not_found', 'annotation_not_found', 'annotation_set_published'],
  exampleBody: { end_ms: 1300 },
});

export const deleteAnnotation = defineRoute({
  name: 'catalog.delete-annotation',
  method: 'DELETE',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/annotations/{annotation_id}',
  summary: 'Deletes an annotation of a draft.',
  scope: 'write',
  params: AnnotationParams,
  status: 204,
  problems: ['dataset_not_found', 'annotation_set_not_found', 'annotation_not_found', 'annotation_set_published'],
});

export const annotationRoutes = {
  listAnnotations,
  createAnnotation,
  createAnnotationsInBulk,
  changeAnnotation,
  deleteAnnotation,
} as const;
