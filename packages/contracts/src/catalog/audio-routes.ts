import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { StoredObject } from '../kernel/route-call.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { audioErrorCodes, audioStatuses } from '../vocabulary/statuses.js';
import { Instant, maxUploadBytes, Sha256, text, Uuid } from '../vocabulary/values.js';
import { AudioParams, DatasetParams } from './path-params.js';

export const AudioFileView = z.object({
  id: Uuid,
  dataset_id: Uuid,
  original_filename: z.string(),
  content_type: z.string(),
  size_bytes: z.number().int(),
  sha256: Sha256.nullable(),
  sample_rate: z.number().int().nullable(),
  channels: z.number().int().nullable(),
  duration_ms: z.number().int().nullable(),
  processing_status: z.enum(audioStatuses),
  error_code: z.enum(audioErrorCodes).nullable(),
  error_message: z.string().nullable(),
  warnings: z.array(z.string()),
  /** Who speaks: files of one speaker stay on one side of the split between training and validation. */
  speaker: z.string().nullable(),
  /** Where the file comes from, such as a voice, a line or a session; splits files that name no speaker. */
  source: z.string().nullable(),
  /** What is meant to be said in the file. */
  script: z.string().nullable(),
  created_at: Instant,
});

/** What a client may say about a file. */
const Speaker = text(200).nullish();
const Source = text(200).nullish();
const Script = text(50_000).nullish();

/** A place to upload to: POST `fields` and the file to `upload_url` as a form, or PUT the bytes to `put_url`. */
export const UploadTicket = z.object({
  audio_id: Uuid,
  upload_url: z.url(),
  fields: z.record(z.string(), z.string()),
  put_url: z.url(),
  key: z.string(),
  expires_in: z.number().int(),
});

export const createUpload = defineRoute({
  name: 'catalog.create-upload',
  method: 'POST',
  path: '/datasets/{dataset_id}/audio/upload-url',
  summary: 'Reserves an audio file and returns a presigned upload.',
  scope: 'write',
  params: DatasetParams,
  body: z.object({
    filename: text(500),
    content_type: text(200),
    file_size: z.number().int().min(1).max(maxUploadBytes),
    sha256: Sha256.nullish(),
    speaker: Speaker,
    source: Source,
    script: Script,
  }),
  status: 200,
  answer: UploadTicket,
  problems: ['dataset_not_found'],
  exampleBody: { filename: 'call-0001.wav', content_type: 'audio/wav', file_size: 480_044 },
});

export const confirmUpload = defineRoute({
  name: 'catalog.confirm-upload',
  method: 'POST',
  path: '/datasets/{dataset_id}/audio/confirm',
  summary: 'Confirms an upload and queues its processing.',
  scope: 'write',
  params: DatasetParams,
  body: z.object({ audio_id: Uuid }),
  status: 200,
  answer: AudioFileView,
  problems: ['dataset_not_found', 'audio_file_not_found', 'audio_not_uploaded'],
  exampleBody: { audio_id: exampleIds.audioFileId },
});

export const uploadAudio = defineRoute({
  name: 'catalog.upload-audio',
  method: 'POST',
  path: '/datasets/{dataset_id}/audio',
  summary: 'Uploads audio files in one multipart request, streamed to storage.',
  scope: 'write',
  params: DatasetParams,
  bodyKind: 'multipart',
  bodyLimitBytes: maxUploadBytes,
  status: 201,
  answer: z.object({ items: z.array(AudioFileView) }),
  problems: ['dataset_not_found'],
  timeoutMs: 3_600_000,
});

export const listAudio = defineRoute({
  name: 'catalog.list-audio',
  method: 'GET',
  path: '/datasets/{dataset_id}/audio',
  summary: 'Lists the confirmed audio files of a dataset, oldest first.',
  scope: 'read',
  params: DatasetParams,
  query: PageQuery.extend({ status: z.enum(audioStatuses).optional() }),
  status: 200,
  answer: listOf(AudioFileView),
  problems: ['dataset_not_found'],
});

export const readAudio = defineRoute({
  name: 'catalog.read-audio',
  method: 'GET',
  path: '/datasets/{dataset_id}/audio/{audio_id}',
  summary: 'Reads one audio file.',
  scope: 'read',
  params: AudioParams,
  status: 200,
  answer: AudioFileView,
  problems: ['dataset_not_found', 'audio_file_not_found'],
});

export const changeAudio = defineRoute({
  name: 'catalog.change-audio',
  method: 'PATCH',
  path: '/datasets/{dataset_id}/audio/{audio_id}',
  summary: 'Changes speaker, source or script of an audio file; null removes one.',
  scope: 'write',
  params: AudioParams,
  body: z.object({ speaker: Speaker, source: Source, script: Script }),
  status: 200,
  answer: AudioFileView,
  problems: ['dataset_not_found', 'audio_file_not_found'],
  exampleBody: { speaker: 'narrator-3', source: 'studio-a' },
});

export const deleteAudio = defineRoute({
  name: 'catalog.delete-audio',
  method: 'DELETE',
  path: '/datasets/{dataset_id}/audio/{audio_id}',
  summary: 'Deletes an audio file that neither a published annotation set nor a running detection needs.',
  scope: 'write',
  params: AudioParams,
  status: 204,
  problems: ['dataset_not_found', 'audio_file_not_found', 'audio_in_use'],
});

export const readAudioDownload = defineRoute({
  name: 'catalog.read-audio-download',
  method: 'GET',
  path: '/datasets/{dataset_id}/audio/{audio_id}/download-url',
  summary: 'A short-lived URL of the original file.',
  scope: 'read',
  params: AudioParams,
  status: 200,
  answer: z.object({ download_url: z.url(), expires_in: z.number().int() }),
  problems: ['dataset_not_found', 'audio_file_not_found', 'audio_not_uploaded'],
});

export const readAudioPeaks = defineRoute({
  name: 'catalog.read-audio-peaks',
  method: 'GET',
  path: '/datasets/{dataset_id}/audio/{audio_id}/peaks',
  summary: 'The waveform of a ready file: a JSON document of minima and maxima.',
  scope: 'read',
  params: AudioParams,
  status: 200,
  answer: StoredObject,
  answerKind: 'object',
  problems: ['dataset_not_found', 'audio_file_not_found', 'audio_not_ready'],
});

export const audioRoutes = {
  createUpload,
  confirmUpload,
  uploadAudio,
  listAudio,
  readAudio,
  changeAudio,
  deleteAudio,
  readAudioDownload,
  readAudioPeaks,
} as const;
