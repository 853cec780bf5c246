import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Holder, Reference, TenantHolder } from '../vocabulary/references.js';
import { Uuid } from '../vocabulary/values.js';
import { AudioFacts, exampleFacts } from './audio-facts.js';

const { tenantId, audioFileId, datasetId, annotationSetId } = exampleIds;
const reference = { kind: 'dataset', id: datasetId };
const holder = { kind: 'annotation-set', id: annotationSetId };

export const pinAudio = defineRpc({
  name: 'ingest.pin-audio',
  version: 1,
  summary:
    'Keeps confirmed files for a holder and answers their facts; again is fine. Files that are not there (any more) are left out.',
  request: z.object({
    tenantId: Uuid,
    /** Only files of this reference. */
    reference: Reference.nullable(),
    holder: Holder,
    /** Names this attempt of the holder, so that a failed attempt gives back its own pins only. */
    claimId: Uuid,
    audioFileIds: z.array(Uuid).min(1).max(1000),
  }),
  response: z.object({ files: z.array(AudioFacts) }),
  exampleRequest: { tenantId, reference, holder, claimId: annotationSetId, audioFileIds: [audioFileId] },
  exampleResponse: { files: [exampleFacts] },
  timeoutMs: 10_000,
});

export const unpinAudio = defineRpc({
  name: 'ingest.unpin-audio',
  version: 1,
  summary: 'Gives up the pins of a holder, or of one of its claims.',
  request: z.object({ tenantId: Uuid, holder: Holder, claimId: Uuid.nullable() }),
  response: z.object({ released: z.number().int() }),
  exampleRequest: { tenantId, holder, claimId: null },
  exampleResponse: { released: 12 },
  timeoutMs: 10_000,
});

export const listPinHolders = defineRpc({
  name: 'ingest.list-pin-holders',
  version: 1,
  summary: 'Holders of a kind whose newest pin is older than `pinnedBefore`, by id after `afterId`: for reconciliation.',
  request: z.object({
    kind: z.string(),
    pinnedBefore: z.iso.datetime(),
    afterId: Uuid.nullable(),
    limit: z.number().int().min(1).max(1000),
  }),
  response: z.object({ holders: z.array(TenantHolder) }),
  exampleRequest: { kind: 'annotation-set', pinnedBefore: '2026-01-02T03:04:05.000Z', afterId: null, limit: 1000 },
  exampleResponse: { holders: [{ tenantId, id: annotationSetId }] },
  timeoutMs: 30_000,
});

export const listReferences = defineRpc({
  name: 'ingest.list-references',
  version: 1,
  summary: 'References of a kind that have files older than `reservedBefore`, by id after `afterId`: for reconciliation.',
  request: z.object({
    kind: z.string(),
    reservedBefore: z.iso.datetime(),
    afterId: Uuid.nullable(),
    limit: z.number().int().min(1).max(1000),
  }),
  response: z.object({ references: z.array(TenantHolder) }),
  exampleRequest: { kind: 'dataset', reservedBefore: '2026-01-02T03:04:05.000Z', afterId: null, limit: 1000 },
  exampleResponse: { references: [{ tenantId, id: datasetId }] },
  timeoutMs: 30_000,
});

export const releaseReference = defineRpc({
  name: 'ingest.release-reference',
  version: 1,
  summary: 'Gives up all files of a reference with their pins, and takes no more for it; again is fine.',
  request: z.object({ tenantId: Uuid, reference: Reference.extend({ id: Uuid }) }),
  response: z.object({}),
  exampleRequest: { tenantId, reference: { kind: 'dataset', id: datasetId } },
  exampleResponse: {},
  timeoutMs: 10_000,
});

export const pinRpcs = [pinAudio, unpinAudio, listPinHolders, listReferences, releaseReference] as const;
