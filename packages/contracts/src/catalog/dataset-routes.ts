import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { Instant, text, Uuid } from '../vocabulary/values.js';
import { DatasetParams } from './path-params.js';

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

export const datasetRoutes = { createDataset, listDatasets, readDataset, changeDataset, deleteDataset } as const;
