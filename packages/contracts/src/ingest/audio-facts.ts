import { z } from 'zod';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Reference } from '../vocabulary/references.js';
import { audioErrorCodes, audioStatuses } from '../vocabulary/statuses.js';
import { Instant, Sha256, Uuid } from '../vocabulary/values.js';

const { audioFileId, datasetId, sha256 } = exampleIds;

/** What other services may know of an audio file. Facts of the audio are null until it is ready. */
export const AudioFacts = z.object({
  audioFileId: Uuid,
  reference: Reference,
  originalFilename: z.string(),
  contentType: z.string(),
  sizeBytes: z.number().int(),
  status: z.enum(audioStatuses),
  errorCode: z.enum(audioErrorCodes).nullable(),
  errorMessage: z.string().nullable(),
  sha256: Sha256.nullable(),
  durationMs: z.number().int().nullable(),
  sampleRateHz: z.number().int().nullable(),
  channels: z.number().int().nullable(),
  warnings: z.array(z.string()),
  speaker: z.string().nullable(),
  source: z.string().nullable(),
  script: z.string().nullable(),
  createdAt: Instant,
});
export type AudioFacts = z.output<typeof AudioFacts>;

/** A file of a dataset that is ready. */
export const exampleFacts: AudioFacts = {
  audioFileId,
  reference: { kind: 'dataset', id: datasetId },
  originalFilename: 'call-0001.wav',
  contentType: 'audio/wav',
  sizeBytes: 480_044,
  status: 'ready',
  errorCode: null,
  errorMessage: null,
  sha256,
  durationMs: 15_000,
  sampleRateHz: 24_000,
  channels: 1,
  warnings: [],
  speaker: 'narrator-3',
  source: null,
  script: null,
  createdAt: '2026-01-02T03:04:05.000Z',
};
