// Contracts of a small service under test; it runs as `catalog`, whose database holds the common tables.
import { defineEvent, defineJob, defineRoute, defineRpc, Uuid, exampleIds } from '@earmark/contracts';
import type { Catalogue } from '@earmark/messaging';
import { z } from 'zod';

const example = { tenantId: exampleIds.tenantId, noteId: exampleIds.datasetId };
const payload = z.object({ tenantId: Uuid, noteId: Uuid });

export const noteWritten = defineEvent({
  name: 'catalog.note-written',
  version: 1,
  summary: 'A note was written.',
  payload,
  example,
  heardBy: ['catalog'],
});

export const RETRY_DELAYS_MS = [50, 100] as const;
export const ACK_WAIT_MS = 1_000;

export const copyNote = defineJob({
  name: 'catalog.copy-note',
  version: 1,
  summary: 'Copy a note.',
  payload,
  example,
  delivery: { ackWaitMs: ACK_WAIT_MS, retryDelaysMs: RETRY_DELAYS_MS, maxInFlight: 2 },
});

const NoteView = z.object({ id: Uuid, text: z.string(), secret: z.string().nullable() });

export const createNote = defineRoute({
  name: 'catalog.create-note',
  method: 'POST',
  path: '/notes',
  summary: 'Writes a note.',
  scope: 'write',
  body: z.object({ text: z.string().min(1) }),
  status: 201,
  answer: NoteView,
});

export const readNote = defineRoute({
  name: 'catalog.read-note',
  method: 'GET',
  path: '/datasets/{dataset_id}/notes',
  summary: 'Reads the note of a dataset.',
  scope: 'read',
  params: z.object({ dataset_id: Uuid }),
  query: z.object({ page: z.coerce.number().int().min(1).default(1) }),
  status: 200,
  answer: NoteView,
  problems: ['dataset_not_found'],
});

export const countNotes = defineRpc({
  name: 'catalog.count-notes',
  version: 1,
  summary: 'How many notes there are.',
  request: z.object({ tenantId: Uuid }),
  response: z.object({ notes: z.number().int() }),
  exampleRequest: { tenantId: exampleIds.tenantId },
  exampleResponse: { notes: 1 },
  timeoutMs: 2_000,
});

export const catalogue: Catalogue = {
  events: [noteWritten],
  jobs: [copyNote],
  ownedBy: () => ({
    routes: [createNote, readNote],
    rpcs: [countNotes],
    jobs: [copyNote],
  }),
};
