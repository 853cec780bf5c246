import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Reference } from '../vocabulary/references.js';
import { Sha256, text, Uuid } from '../vocabulary/values.js';
import { AudioFacts, exampleFacts } from './audio-facts.js';

const { tenantId, audioFileId, datasetId } = exampleIds;
const reference = { kind: 'dataset', id: datasetId };
const key = `${tenantId}/uploads/${audioFileId}`;

/** A presigned upload: POST `uploadFields` and the file to `uploadUrl`, or PUT the bytes to `putUrl`. */
export const Ticket = z.object({
  uploadUrl: z.string(),
  uploadFields: z.record(z.string(), z.string()),
  putUrl: z.string(),
  key: z.string(),
  expiresInSeconds: z.number().int(),
});
export type Ticket = z.output<typeof Ticket>;

/** A file to reserve; `uploadId` names its place in storage when the caller has put it there already. */
export const NewAudio = z.object({
  audioFileId: Uuid,
  uploadId: Uuid.nullish(),
  filename: text(500),
  contentType: text(200),
  sizeBytes: z.number().int().positive(),
  sha256: Sha256.nullish(),
  speaker: text(200).nullish(),
  source: text(200).nullish(),
  script: text(50_000).nullish(),
});
export type NewAudio = z.input<typeof NewAudio>;

/** Files in one call of an upload. */
export const maxFilesPerUpload = 1000;

export const reserveAudio = defineRpc({
  name: 'ingest.reserve-audio',
  version: 1,
  summary:
    'Reserves audio files, all or none; reserving a file again is fine. Problems: conflict (an id is taken by another file), reference_released.',
  request: z.object({
    tenantId: Uuid,
    reference: Reference,
    files: z.array(NewAudio).min(1).max(maxFilesPerUpload),
    /** Whether the caller wants a presigned upload for every file. */
    withTickets: z.boolean(),
  }),
  response: z.object({
    files: z.array(z.object({ audioFileId: Uuid, isConfirmed: z.boolean(), ticket: Ticket.nullable() })),
  }),
  exampleRequest: {
    tenantId,
    reference,
    files: [{ audioFileId, filename: 'call-0001.wav', contentType: 'audio/wav', sizeBytes: 480_044 }],
    withTickets: true,
  },
  exampleResponse: {
    files: [
      {
        audioFileId,
        isConfirmed: false,
        ticket: {
          uploadUrl: 'http://storage.local/earmark',
          uploadFields: { key },
          putUrl: `http://storage.local/earmark/${key}`,
          key,
          expiresInSeconds: 3600,
        },
      },
    ],
  },
  timeoutMs: 10_000,
});

export const confirmAudio = defineRpc({
  name: 'ingest.confirm-audio',
  version: 1,
  summary:
    'Confirms reserved uploads (again is fine) and queues their processing, all or none; answers in the order asked. ' +
    'Problems: audio_file_not_found, audio_not_uploaded, reference_released.',
  request: z.object({ tenantId: Uuid, reference: Reference, audioFileIds: z.array(Uuid).min(1).max(maxFilesPerUpload) }),
  response: z.object({ files: z.array(AudioFacts) }),
  exampleRequest: { tenantId, reference, audioFileIds: [audioFileId] },
  exampleResponse: {
    files: [{ ...exampleFacts, status: 'pending', sha256: null, durationMs: null, sampleRateHz: null, channels: null }],
  },
  timeoutMs: 30_000,
});

export const uploadRpcs = [reserveAudio, confirmAudio] as const;
