import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { annotationSetStatuses } from '../vocabulary/statuses.js';
import { ExtraData, Instant, PositionMs, text, UnitInterval, Uuid } from '../vocabulary/values.js';

export const ArtifactType = z.object({
  /** Recommended form `^[a-z][a-z0-9_]*$`; others are accepted with a warning. */
  name: text(100),
  description: text(2000, 0)
    .nullish()
    .transform((value) => value ?? null),
  color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/)
    .default('#FF0000'),
});

const ArtifactTypes = z
  .array(ArtifactType)
  .min(1)
  .max(100)
  .superRefine((types, context) => {
    const seen = new Set<string>();
    types.forEach((type, index) => {
      if (seen.has(type.name))
        context.addIssue({ code: 'custom', message: `"${type.name}" is named twice`, path: [index, 'name'] });
      seen.add(type.name);
    });
  });

const ArtifactTypeView = z.object({ name: z.string(), description: z.string().nullable(), color: z.string() });

export const DatasetView = z.object({
  id: Uuid,
  name: z.string(),
  description: z.string().nullable(),
  artifact_types: z.array(ArtifactTypeView),
  audio_count: z.number().int(),
  annotation_set_count: z.number().int(),
  created_at: Instant,
  updated_at: Instant,
  warnings: z.array(z.string()),
});

const DatasetParams = z.object({ dataset_id: Uuid });
const SetParams = z.object({ dataset_id: Uuid, annotation_set_id: Uuid });
const AnnotationParams = z.object({ dataset_id: Uuid, annotation_set_id: Uuid, annotation_id: Uuid });

export const createDataset = defineRoute({
  name: 'catalog.create-dataset',
  method: 'POST',
  path: '/datasets',
  summary: 'Creates a dataset with its artifact types.',
  scope: 'write',
  body: z.object({ name: text(200), description: text(20_000, 0).nullish(), artifact_types: ArtifactTypes }),
  status: 201,
  answer: DatasetView,
  exampleBody: {
    name: 'TTS quality',
    artifact_types: [{ name: 'glitch', description: 'Clicks, pops, dropouts', color: '#FF4444' }],
  },
});

export const listDatasets = defineRoute({
  name: 'catalog.list-datasets',
  method: 'GET',
  path: '/datasets',
  summary: 'Lists datasets, newest first.',
  scope: 'read',
  query: PageQuery,
  status: 200,
  answer: listOf(DatasetView),
});

export const readDataset = defineRoute({
  name: 'catalog.read-dataset',
  method: 'GET',
  path: '/datasets/{dataset_id}',
  summary: 'Reads one dataset.',
  scope: 'read',
  params: DatasetParams,
  status: 200,
  answer: DatasetView,
  problems: ['dataset_not_found'],
});

export const changeDataset = defineRoute({
  name: 'catalog.change-dataset',
  method: 'PATCH',
  path: '/datasets/{dataset_id}',
  summary: 'Changes name, description or the whole array of artifact types.',
  scope: 'write',
  params: DatasetParams,
  body: z.object({
    name: text(200).optional(),
    description: text(20_000, 0).nullable().optional(),
    artifact_types: ArtifactTypes.optional(),
  }),
  status: 200,
  answer: DatasetView,
  problems: ['dataset_not_found', 'precondition_failed'],
  exampleBody: { name: 'TTS quality, English' },
});

export const deleteDataset = defineRoute({
  name: 'catalog.delete-dataset',
  method: 'DELETE',
  path: '/datasets/{dataset_id}',
  summary: 'Deletes a dataset with its audio, annotation sets and annotations. Models stay.',
  scope: 'write',
  params: DatasetParams,
  status: 204,
  problems: ['dataset_not_found', 'precondition_failed'],
});

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

export const catalogRoutes = [
  createDataset,
  listDatasets,
  readDataset,
  changeDataset,
  deleteDataset,
  createAnnotationSet,
  listAnnotationSets,
  readAnnotationSet,
  deleteAnnotationSet,
  publishAnnotationSet,
  listAnnotations,
  createAnnotation,
  createAnnotationsInBulk,
  changeAnnotation,
  deleteAnnotation,
  markReviewed,
] as const;
