import { z } from 'zod';
import { defineEvent } from '../kernel/define-event.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { audioErrorCodes } from '../vocabulary/statuses.js';
import { Sha256, Uuid } from '../vocabulary/values.js';

const { tenantId, audioFileId, datasetId, sha256 } = exampleIds;

/** Which file: audio belongs to a dataset, or to an inference job (`datasetId` null). */
const AudioIdentity = z.object({
  tenantId: Uuid,
  audioFileId: Uuid,
  purpose: z.enum(['dataset', 'inference']),
  datasetId: Uuid.nullable(),
});
const identity = { tenantId, audioFileId, purpose: 'dataset', datasetId } as const;

export const audioConfirmed = defineEvent({
  name: 'ingest.audio-confirmed',
  version: 1,
  summary: 'An upload was confirmed and waits for processing.',
  payload: AudioIdentity.extend({ originalFilename: z.string(), sizeBytes: z.number().int() }),
  example: { ...identity, originalFilename: 'call-0001.wav', sizeBytes: 480_044 },
});

export const audioReady = defineEvent({
  name: 'ingest.audio-ready',
  version: 1,
  summary: 'An audio file was decoded and normalised and can be annotated, trained on or searched.',
  payload: AudioIdentity.extend({
    sha256: Sha256,
    durationMs: z.number().int(),
    sampleRateHz: z.number().int(),
    channels: z.number().int(),
    warnings: z.array(z.string()),
  }),
  example: { ...identity, sha256, durationMs: 15_000, sampleRateHz: 24_000, channels: 1, warnings: [] },
  heardBy: ['inference'],
});

export const audioFailed = defineEvent({
  name: 'ingest.audio-failed',
  version: 1,
  summary: 'An audio file cannot be used.',
  payload: AudioIdentity.extend({ errorCode: z.enum(audioErrorCodes), errorMessage: z.string() }),
  example: { ...identity, errorCode: 'undecodable', errorMessage: 'The file is not audio.' },
  heardBy: ['inference'],
});

export const audioDeleted = defineEvent({
  name: 'ingest.audio-deleted',
  version: 1,
  summary: 'An audio file was deleted.',
  payload: AudioIdentity,
  example: identity,
  heardBy: ['catalog', 'inference'],
});

export const ingestEvents = [audioConfirmed, audioReady, audioFailed, audioDeleted] as const;
