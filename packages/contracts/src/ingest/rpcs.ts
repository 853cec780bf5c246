import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { audioErrorCodes, audioStatuses } from '../vocabulary/statuses.js';
import { ExtraData, Sha256, text, Uuid } from '../vocabulary/values.js';

const { tenantId, audioFileId, datasetId, sha256 } = exampleIds;

/** What other services may know of an audio file. Facts are null until it is ready. */
export const AudioFacts = z.object({
  audioFileId: Uuid,
  datasetId: Uuid.nullable(),
  originalFilename: z.string(),
  status: z.enum(audioStatuses),
  errorCode: z.enum(audioErrorCodes).nullable(),
  errorMessage: z.string().nullable(),
  sha256: Sha256.nullable(),
  durationMs: z.number().int().nullable(),
  sampleRateHz: z.number().int().nullable(),
  channels: z.number().int().nullable(),
});
export type AudioFacts = z.output<typeof AudioFacts>;

const exampleFacts = {
  audioFileId,
  datasetId,
  originalFilename: 'call-0001.wav',
  status: 'ready',
  errorCode: null,
  errorMessage: null,
  sha256,
  durationMs: 15_000,
  sampleRateHz: 24_000,
  channels: 1,
} as const;

export const findAudioFiles = defineRpc({
  name: 'ingest.find-audio-files',
  version: 1,
  summary: 'Facts of the named confirmed files of a tenant; unknown ids are left out. At most 1,000 ids a call.',
  request: z.object({ tenantId: Uuid, datasetId: Uuid.nullable(), audioFileIds: z.array(Uuid).max(1000) }),
  response: z.object({ files: z.array(AudioFacts) }),
  exampleRequest: { tenantId, datasetId, audioFileIds: [audioFileId] },
  exampleResponse: { files: [exampleFacts] },
  timeoutMs: 10_000,
});

export const listDatasetAudio = defineRpc({
  name: 'ingest.list-dataset-audio',
  version: 1,
  summary: 'Confirmed files of a dataset by id, page after page of at most 1,000 (`afterId` of the last one; null to begin).',
  request: z.object({ tenantId: Uuid, datasetId: Uuid, afterId: Uuid.nullable(), limit: z.number().int().min(1).max(1000) }),
  response: z.object({ files: z.array(AudioFacts) }),
  exampleRequest: { tenantId, datasetId, afterId: null, limit: 1000 },
  exampleResponse: { files: [exampleFacts] },
  timeoutMs: 10_000,
});

export const countDatasetAudio = defineRpc({
  name: 'ingest.count-dataset-audio',
  version: 1,
  summary: 'How many confirmed files each dataset has; datasets without files are left out.',
  request: z.object({ tenantId: Uuid, datasetIds: z.array(Uuid).max(1000) }),
  response: z.object({ counts: z.record(z.string(), z.number().int()) }),
  exampleRequest: { tenantId, datasetIds: [datasetId] },
  exampleResponse: { counts: { [datasetId]: 12 } },
  timeoutMs: 5_000,
});

export const reserveUpload = defineRpc({
  name: 'ingest.reserve-upload',
  version: 1,
  summary: 'Reserves an audio file for a dataset or an inference job and presigns its upload.',
  request: z.object({
    tenantId: Uuid,
    audioFileId: Uuid,
    purpose: z.enum(['dataset', 'inference']),
    datasetId: Uuid.nullable(),
    filename: text(500),
    contentType: text(200),
    sizeBytes: z.number().int().positive(),
    sha256: Sha256.nullable(),
    extraData: ExtraData.nullable(),
  }),
  response: z.object({
    audioFileId: Uuid,
    uploadUrl: z.string(),
    uploadFields: z.record(z.string(), z.string()),
    putUrl: z.string(),
    key: z.string(),
    expiresInSeconds: z.number().int(),
  }),
  exampleRequest: {
    tenantId,
    audioFileId,
    purpose: 'inference',
    datasetId: null,
    filename: 'new.mp3',
    contentType: 'audio/mpeg',
    sizeBytes: 240_000,
    sha256: null,
    extraData: null,
  },
  exampleResponse: {
    audioFileId,
    uploadUrl: 'http://storage.local/earmark',
    uploadFields: { key: `${tenantId}/uploads/${audioFileId}` },
    putUrl: `http://storage.local/earmark/${tenantId}/uploads/${audioFileId}`,
    key: `${tenantId}/uploads/${audioFileId}`,
    expiresInSeconds: 3600,
  },
  timeoutMs: 5_000,
});

export const confirmReservedUpload = defineRpc({
  name: 'ingest.confirm-reserved-upload',
  version: 1,
  summary:
    'Confirms a reserved upload (again is fine) and queues its processing; problems audio_file_not_found, audio_not_uploaded.',
  request: z.object({ tenantId: Uuid, audioFileId: Uuid }),
  response: z.object({ file: AudioFacts, sizeBytes: z.number().int() }),
  exampleRequest: { tenantId, audioFileId },
  exampleResponse: {
    file: { ...exampleFacts, status: 'pending', sha256: null, durationMs: null, sampleRateHz: null, channels: null },
    sizeBytes: 240_000,
  },
  timeoutMs: 10_000,
});

export const releaseAudio = defineRpc({
  name: 'ingest.release-audio',
  version: 1,
  summary: 'Gives up audio files of an inference job: their content goes when nothing else uses it. Unknown ids are left out.',
  request: z.object({ tenantId: Uuid, audioFileIds: z.array(Uuid).max(1000) }),
  response: z.object({ released: z.number().int() }),
  exampleRequest: { tenantId, audioFileIds: [audioFileId] },
  exampleResponse: { released: 1 },
  timeoutMs: 10_000,
});

export const presignDownload = defineRpc({
  name: 'ingest.presign-download',
  version: 1,
  summary: 'A short-lived URL of an original file; problems audio_file_not_found, audio_not_uploaded.',
  request: z.object({ tenantId: Uuid, audioFileId: Uuid }),
  response: z.object({ downloadUrl: z.string(), expiresInSeconds: z.number().int() }),
  exampleRequest: { tenantId, audioFileId },
  exampleResponse: { downloadUrl: 'http://storage.local/earmark/object', expiresInSeconds: 3600 },
  timeoutMs: 5_000,
});

export const ingestRpcs = [
  findAudioFiles,
  listDatasetAudio,
  countDatasetAudio,
  reserveUpload,
  confirmReservedUpload,
  releaseAudio,
  presignDownload,
] as const;
