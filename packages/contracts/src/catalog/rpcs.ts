import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { annotationSetStatuses } from '../vocabulary/statuses.js';
import { ObjectRef, Uuid } from '../vocabulary/values.js';

const { tenantId, datasetId, annotationSetId, audioFileId, sha256 } = exampleIds;

export const findDataset = defineRpc({
  name: 'catalog.find-dataset',
  version: 1,
  summary: 'A dataset of the tenant with its artifact types; problem dataset_not_found when there is none (or it was deleted).',
  request: z.object({ tenantId: Uuid, datasetId: Uuid }),
  response: z.object({ datasetId: Uuid, name: z.string(), artifactTypes: z.array(z.string()) }),
  exampleRequest: { tenantId, datasetId },
  exampleResponse: { datasetId, name: 'TTS quality', artifactTypes: ['glitch'] },
  timeoutMs: 5_000,
});

export const findAnnotationSet = defineRpc({
  name: 'catalog.find-annotation-set',
  version: 1,
  summary: 'An annotation set and, once published, its manifest; problems dataset_not_found, annotation_set_not_found.',
  request: z.object({ tenantId: Uuid, datasetId: Uuid, annotationSetId: Uuid }),
  response: z.object({
    annotationSetId: Uuid,
    version: z.number().int().positive(),
    status: z.enum(annotationSetStatuses),
    manifest: ObjectRef.nullable(),
    annotationsByType: z.record(z.string(), z.number().int()),
    datasetArtifactTypes: z.array(z.string()),
  }),
  exampleRequest: { tenantId, datasetId, annotationSetId },
  exampleResponse: {
    annotationSetId,
    version: 1,
    status: 'published',
    manifest: { key: `${tenantId}/manifests/${sha256}.json`, sha256, sizeBytes: 2048 },
    annotationsByType: { glitch: 20 },
    datasetArtifactTypes: ['glitch'],
  },
  timeoutMs: 5_000,
});

export const findAudioUse = defineRpc({
  name: 'catalog.find-audio-use',
  version: 1,
  summary: 'Whether a published annotation set names the audio file (then it cannot be deleted).',
  request: z.object({ tenantId: Uuid, datasetId: Uuid, audioFileId: Uuid }),
  response: z.object({ publishedVersions: z.array(z.number().int()) }),
  exampleRequest: { tenantId, datasetId, audioFileId },
  exampleResponse: { publishedVersions: [1] },
  timeoutMs: 5_000,
});

export const catalogRpcs = [findDataset, findAnnotationSet, findAudioUse] as const;
