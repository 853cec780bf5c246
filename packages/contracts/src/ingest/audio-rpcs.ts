import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Reference } from '../vocabulary/references.js';
import { audioStatuses } from '../vocabulary/statuses.js';
import { Instant, Sha256, text, Uuid } from '../vocabulary/values.js';
import { AudioFacts, exampleFacts } from './audio-facts.js';

const { tenantId, audioFileId, datasetId, sha256 } = exampleIds;
const reference = { kind: 'dataset', id: datasetId };
const Place = z.object({ createdAt: Instant, id: Uuid });

export const findAudioFiles = defineRpc({
  name: 'ingest.find-audio-files',
  version: 1,
  summary: 'Facts of the named confirmed files of a tenant, of one reference if given; unknown ids are left out.',
  request: z.object({ tenantId: Uuid, reference: Reference.nullable(), audioFileIds: z.array(Uuid).max(1000) }),
  response: z.object({ files: z.array(AudioFacts) }),
  exampleRequest: { tenantId, reference, audioFileIds: [audioFileId] },
  exampleResponse: { files: [exampleFacts] },
  timeoutMs: 10_000,
});

export const listAudioFiles = defineRpc({
  name: 'ingest.list-audio-files',
  version: 1,
  summary: 'Confirmed files of a reference, oldest first: a numbered page, or what follows `after`. `next` is null at the end.',
  request: z.object({
    tenantId: Uuid,
    reference: Reference,
    status: z.enum(audioStatuses).nullable(),
    page: z.number().int().min(1),
    pageSize: z.number().int().min(1).max(1000),
    after: Place.nullable(),
  }),
  response: z.object({ files: z.array(AudioFacts), total: z.number().int(), next: Place.nullable() }),
  exampleRequest: { tenantId, reference, status: null, page: 1, pageSize: 1000, after: null },
  exampleResponse: { files: [exampleFacts], total: 1, next: null },
  timeoutMs: 10_000,
});

export const countAudioFiles = defineRpc({
  name: 'ingest.count-audio-files',
  version: 1,
  summary: 'How many confirmed files each reference of a kind has; references without files are left out.',
  request: z.object({ tenantId: Uuid, kind: z.string(), ids: z.array(Uuid).max(1000) }),
  response: z.object({ counts: z.record(z.string(), z.number().int()) }),
  exampleRequest: { tenantId, kind: 'dataset', ids: [datasetId] },
  exampleResponse: { counts: { [datasetId]: 12 } },
  timeoutMs: 5_000,
});

export const changeAudioFile = defineRpc({
  name: 'ingest.change-audio-file',
  version: 1,
  summary: 'Changes what a client says about a file; what is absent stays. Problem: audio_file_not_found.',
  request: z.object({
    tenantId: Uuid,
    reference: Reference,
    audioFileId: Uuid,
    speaker: text(200).nullish(),
    source: text(200).nullish(),
    script: text(50_000).nullish(),
  }),
  response: z.object({ file: AudioFacts }),
  exampleRequest: { tenantId, reference, audioFileId, speaker: 'narrator-3' },
  exampleResponse: { file: exampleFacts },
  timeoutMs: 5_000,
});

export const fillAudioLabels = defineRpc({
  name: 'ingest.fill-audio-labels',
  version: 1,
  summary: 'Sets speaker and source of files that have none yet; the others, and unknown files, stay as they are.',
  request: z.object({
    tenantId: Uuid,
    labels: z.array(z.object({ audioFileId: Uuid, speaker: text(200).nullable(), source: text(200).nullable() })).max(1000),
  }),
  response: z.object({ filled: z.number().int() }),
  exampleRequest: { tenantId, labels: [{ audioFileId, speaker: 'narrator-3', source: null }] },
  exampleResponse: { filled: 1 },
  timeoutMs: 10_000,
});

export const releaseAudio = defineRpc({
  name: 'ingest.release-audio',
  version: 1,
  summary:
    'Gives up audio files of a reference, all or none: their content goes when nothing else uses it. Unknown ids are left out. ' +
    'Problem: audio_in_use (a file is pinned; names the holders).',
  request: z.object({
    tenantId: Uuid,
    /** Files of detection jobs unless said otherwise. */
    reference: Reference.default({ kind: 'inference', id: null }),
    audioFileIds: z.array(Uuid).max(1000),
  }),
  response: z.object({ released: z.number().int() }),
  exampleRequest: { tenantId, reference, audioFileIds: [audioFileId] },
  exampleResponse: { released: 1 },
  timeoutMs: 10_000,
});

export const presignDownload = defineRpc({
  name: 'ingest.presign-download',
  version: 1,
  summary: 'A short-lived URL of an original file, of one reference if given; problem audio_file_not_found.',
  request: z.object({ tenantId: Uuid, reference: Reference.nullish(), audioFileId: Uuid }),
  response: z.object({ downloadUrl: z.string(), expiresInSeconds: z.number().int() }),
  exampleRequest: { tenantId, audioFileId },
  exampleResponse: { downloadUrl: 'http://storage.local/earmark/object', expiresInSeconds: 3600 },
  timeoutMs: 5_000,
});

export const findPeaks = defineRpc({
  name: 'ingest.find-peaks',
  version: 1,
  summary: 'Where the waveform of a ready file is stored; problems audio_file_not_found, audio_not_ready.',
  request: z.object({ tenantId: Uuid, reference: Reference, audioFileId: Uuid }),
  response: z.object({ key: z.string(), sha256: Sha256, sizeBytes: z.number().int() }),
  exampleRequest: { tenantId, reference, audioFileId },
  exampleResponse: { key: `${tenantId}/${sha256}/peaks-v1`, sha256, sizeBytes: 20_480 },
  timeoutMs: 5_000,
});

export const audioRpcs = [
  findAudioFiles,
  listAudioFiles,
  countAudioFiles,
  changeAudioFile,
  fillAudioLabels,
  releaseAudio,
  presignDownload,
  findPeaks,
] as const;
