import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { NewAudio, maxFilesPerUpload } from '../ingest/upload-rpcs.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Holder, TenantHolder } from '../vocabulary/references.js';
import { annotationSetStatuses } from '../vocabulary/statuses.js';
import { ObjectRef, Uuid } from '../vocabulary/values.js';
import { AudioFileView } from './audio-routes.js';

const { tenantId, datasetId, annotationSetId, audioFileId, trainingJobId, sha256 } = exampleIds;

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

const SetFacts = z.object({
  annotationSetId: Uuid,
  version: z.number().int().positive(),
  status: z.enum(annotationSetStatuses),
  manifest: ObjectRef.nullable(),
  annotationsByType: z.record(z.string(), z.number().int()),
  datasetArtifactTypes: z.array(z.string()),
});
const exampleSet: z.input<typeof SetFacts> = {
  annotationSetId,
  version: 1,
  status: 'published',
  manifest: { key: `${tenantId}/manifests/${sha256}.json`, sha256, sizeBytes: 2048 },
  annotationsByType: { glitch: 20 },
  datasetArtifactTypes: ['glitch'],
};

export const findAnnotationSet = defineRpc({
  name: 'catalog.find-annotation-set',
  version: 1,
  summary: 'An annotation set and, once published, its manifest; problems dataset_not_found, annotation_set_not_found.',
  request: z.object({ tenantId: Uuid, datasetId: Uuid, annotationSetId: Uuid }),
  response: SetFacts,
  exampleRequest: { tenantId, datasetId, annotationSetId },
  exampleResponse: exampleSet,
  timeoutMs: 5_000,
});

export const pinAnnotationSet = defineRpc({
  name: 'catalog.pin-annotation-set',
  version: 1,
  summary:
    'Keeps a published annotation set for a holder, so that it cannot be deleted by itself; again is fine. ' +
    'Problems: dataset_not_found, annotation_set_not_found, annotation_set_not_published.',
  request: z.object({ tenantId: Uuid, datasetId: Uuid, annotationSetId: Uuid, holder: Holder }),
  response: z.object({}),
  exampleRequest: { tenantId, datasetId, annotationSetId, holder: { kind: 'training-job', id: trainingJobId } },
  exampleResponse: {},
  timeoutMs: 5_000,
});

export const unpinAnnotationSets = defineRpc({
  name: 'catalog.unpin-annotation-sets',
  version: 1,
  summary: 'Gives up the pins of a holder.',
  request: z.object({ tenantId: Uuid, holder: Holder }),
  response: z.object({ released: z.number().int() }),
  exampleRequest: { tenantId, holder: { kind: 'training-job', id: trainingJobId } },
  exampleResponse: { released: 1 },
  timeoutMs: 5_000,
});

export const listSetHolders = defineRpc({
  name: 'catalog.list-set-holders',
  version: 1,
  summary: 'Holders of a kind that pinned a set before `pinnedBefore`, by id after `afterId`: for reconciliation.',
  request: z.object({
    kind: z.string(),
    pinnedBefore: z.iso.datetime(),
    afterId: Uuid.nullable(),
    limit: z.number().int().min(1).max(1000),
  }),
  response: z.object({ holders: z.array(TenantHolder) }),
  exampleRequest: { kind: 'training-job', pinnedBefore: '2026-01-02T03:04:05.000Z', afterId: null, limit: 1000 },
  exampleResponse: { holders: [{ tenantId, id: trainingJobId }] },
  timeoutMs: 30_000,
});

/** Under which idempotency key, and what "the same request" means for it. */
const OnceKey = z.object({ key: z.string().min(1).max(255), bodyHash: z.string() });

export const reserveUploads = defineRpc({
  name: 'catalog.reserve-uploads',
  version: 1,
  summary:
    'Reserves the files of a one-call upload that are in storage already. `replay` is the first answer when the idempotency key had ' +
    'one. Problems: dataset_not_found, idempotency_in_flight, idempotency_key_reused.',
  request: z.object({
    tenantId: Uuid,
    datasetId: Uuid,
    once: OnceKey.nullable(),
    files: z
      .array(NewAudio.omit({ audioFileId: true }).extend({ uploadId: Uuid }))
      .min(1)
      .max(maxFilesPerUpload),
  }),
  response: z.object({
    replay: z.array(AudioFileView).nullable(),
    /** Which files were confirmed by an earlier attempt: their uploads are not needed. In the order of the files. */
    files: z.array(z.object({ audioFileId: Uuid, isConfirmed: z.boolean() })),
    /** To be handed to the confirmation. */
    claimedAt: z.string().nullable(),
  }),
  exampleRequest: {
    tenantId,
    datasetId,
    once: { key: 'upload-17', bodyHash: sha256 },
    files: [{ uploadId: audioFileId, filename: 'call-0001.wav', contentType: 'audio/wav', sizeBytes: 480_044 }],
  },
  exampleResponse: { replay: null, files: [{ audioFileId, isConfirmed: false }], claimedAt: '2026-01-02 03:04:05.123456+00' },
  timeoutMs: 20_000,
});

export const confirmUploads = defineRpc({
  name: 'catalog.confirm-uploads',
  version: 1,
  summary: 'Confirms reserved files of a one-call upload; problems dataset_not_found, audio_file_not_found, audio_not_uploaded.',
  request: z.object({
    tenantId: Uuid,
    datasetId: Uuid,
    once: OnceKey.extend({ claimedAt: z.string() }).nullable(),
    audioFileIds: z.array(Uuid).min(1).max(maxFilesPerUpload),
  }),
  response: z.object({ items: z.array(AudioFileView) }),
  exampleRequest: { tenantId, datasetId, once: null, audioFileIds: [audioFileId] },
  exampleResponse: { items: [] },
  timeoutMs: 60_000,
});

export const catalogRpcs = [
  findDataset,
  findAnnotationSet,
  pinAnnotationSet,
  unpinAnnotationSets,
  listSetHolders,
  reserveUploads,
  confirmUploads,
] as const;
