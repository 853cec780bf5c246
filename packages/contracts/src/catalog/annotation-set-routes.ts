import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { annotationSetStatuses } from '../vocabulary/statuses.js';
import { Instant, Uuid } from '../vocabulary/values.js';
import { AnnotationView } from './annotation-routes.js';
import { DatasetParams, SetParams } from './path-params.js';

export const AnnotationSetView = z.object({
  id: Uuid,
  dataset_id: Uuid,
  version: z.number().int().positive(),
  status: z.enum(annotationSetStatuses),
  is_stale: z.boolean(),
  manifest_sha256: z.string().nullable(),
  total_annotations: z.number().int(),
  total_positive_duration_ms: z.number().int(),
  annotations_by_type: z.record(z.string(), z.number().int()),
  created_at: Instant,
  published_at: Instant.nullable(),
});

/** With up to 10,000 annotations; the rest by `annotations_next_cursor` from the annotations list. */
export const AnnotationSetDetail = AnnotationSetView.extend({
  annotations: z.array(AnnotationView),
  annotations_next_cursor: z.string().nullable(),
});

export const createAnnotationSet = defineRoute({
  name: 'catalog.create-annotation-set',
  method: 'POST',
  path: '/datasets/{dataset_id}/annotation-sets',
  summary: 'Creates a draft annotation set, empty or as a copy of another.',
  scope: 'write',
  params: DatasetParams,
  body: z
    .object({ copy_from: Uuid.nullish() })
    .nullish()
    .transform((value) => value ?? {}),
  status: 201,
  answer: AnnotationSetView,
  problems: ['dataset_not_found', 'annotation_set_not_found'],
  exampleBody: {},
});

export const listAnnotationSets = defineRoute({
  name: 'catalog.list-annotation-sets',
  method: 'GET',
  path: '/datasets/{dataset_id}/annotation-sets',
  summary: 'Lists the annotation sets of a dataset, newest version first.',
  scope: 'read',
  params: DatasetParams,
  query: PageQuery,
  status: 200,
  answer: listOf(AnnotationSetView),
  problems: ['dataset_not_found'],
});

export const readAnnotationSet = defineRoute({
  name: 'catalog.read-annotation-set',
  method: 'GET',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}',
  summary: 'Reads an annotation set with its annotations.',
  scope: 'read',
  params: SetParams,
  status: 200,
  answer: AnnotationSetDetail,
  problems: ['dataset_not_found', 'annotation_set_not_found'],
});

export const deleteAnnotationSet = defineRoute({
  name: 'catalog.delete-annotation-set',
  method: 'DELETE',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}',
  summary: 'Deletes an annotation set that no training job refers to.',
  scope: 'write',
  params: SetParams,
  status: 204,
  problems: ['dataset_not_found', 'annotation_set_not_found', 'annotation_set_in_use'],
});

export const publishAnnotationSet = defineRoute({
  name: 'catalog.publish-annotation-set',
  method: 'POST',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/publish',
  summary: 'Publishes a draft for good: freezes files and annotations into a hashed manifest.',
  scope: 'write',
  params: SetParams,
  status: 200,
  answer: AnnotationSetView,
  problems: [
    'dataset_not_found',
    'annotation_set_not_found',
    'annotation_set_published',
    'annotation_set_empty',
    'annotations_out_of_range',
    'audio_failed',
  ],
  timeoutMs: 30_000,
});

export const markReviewed = defineRoute({
  name: 'catalog.mark-reviewed',
  method: 'POST',
  path: '/datasets/{dataset_id}/annotation-sets/{annotation_set_id}/reviewed',
  summary: 'Marks files as fully reviewed: what is not annotated in them is clean.',
  scope: 'write',
  params: SetParams,
  body: z.object({ audio_file_ids: z.array(Uuid).min(1).max(10_000) }),
  status: 200,
  answer: z.object({ reviewed: z.number().int() }),
  problems: ['dataset_not_found', 'annotation_set_not_found', 'annotation_set_published'],
  exampleBody: { audio_file_ids: [exampleIds.audioFileId] },
});

export const annotationSetRoutes = {
  createAnnotationSet,
  listAnnotationSets,
  readAnnotationSet,
  deleteAnnotationSet,
  publishAnnotationSet,
  markReviewed,
} as const;
