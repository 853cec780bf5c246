import { z } from 'zod';
import { defineEvent } from '../kernel/define-event.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { ObjectRef, Uuid } from '../vocabulary/values.js';

const { tenantId, datasetId, annotationSetId, sha256 } = exampleIds;

export const datasetCreated = defineEvent({
  name: 'catalog.dataset-created',
  version: 1,
  summary: 'A dataset was created.',
  payload: z.object({ tenantId: Uuid, datasetId: Uuid, name: z.string(), artifactTypes: z.array(z.string()) }),
  example: { tenantId, datasetId, name: 'TTS quality', artifactTypes: ['glitch', 'long_pause'] },
});

export const datasetChanged = defineEvent({
  name: 'catalog.dataset-changed',
  version: 1,
  summary: 'A dataset got another name, description or other artifact types.',
  payload: z.object({ tenantId: Uuid, datasetId: Uuid, name: z.string(), artifactTypes: z.array(z.string()) }),
  example: { tenantId, datasetId, name: 'TTS quality, English', artifactTypes: ['glitch'] },
});

export const datasetDeleted = defineEvent({
  name: 'catalog.dataset-deleted',
  version: 1,
  summary: 'A dataset was deleted; its audio, sets and annotations go with it.',
  payload: z.object({ tenantId: Uuid, datasetId: Uuid }),
  example: { tenantId, datasetId },
  heardBy: ['ingest', 'trainer', 'model-registry'],
});

export const annotationSetPublished = defineEvent({
  name: 'catalog.annotation-set-published',
  version: 1,
  summary: 'An annotation set was published and its manifest frozen.',
  payload: z.object({
    tenantId: Uuid,
    datasetId: Uuid,
    annotationSetId: Uuid,
    annotationSetVersion: z.number().int().positive(),
    manifest: ObjectRef,
    annotationCount: z.number().int(),
    fileCount: z.number().int(),
  }),
  example: {
    tenantId,
    datasetId,
    annotationSetId,
    annotationSetVersion: 1,
    manifest: { key: `${tenantId}/manifests/${sha256}.json`, sha256, sizeBytes: 2048 },
    annotationCount: 40,
    fileCount: 12,
  },
});

export const annotationSetDeleted = defineEvent({
  name: 'catalog.annotation-set-deleted',
  version: 1,
  summary: 'An annotation set was deleted; what was kept for it may go.',
  payload: z.object({ tenantId: Uuid, datasetId: Uuid, annotationSetId: Uuid }),
  example: { tenantId, datasetId, annotationSetId },
  heardBy: ['ingest'],
});

export const catalogEvents = [
  datasetCreated,
  datasetChanged,
  datasetDeleted,
  annotationSetPublished,
  annotationSetDeleted,
] as const;
