import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { StoredObject } from '../kernel/route-call.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { audioErrorCodes, audioStatuses } from '../vocabulary/statuses.js';
import { Instant, Sha256, text, Uuid } from '../vocabulary/values.js';

export const maxUploadBytes = 500 * 1_048_576;

const DatasetParams = z.object({ dataset_id: Uuid });
const AudioParams = z.object({ dataset_id: Uuid, audio_id: Uuid });

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
  created_at: Instant,
});

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
  name: 'ingest.create-upload',
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
  }),
  status: 200,
  answer: UploadTicket,
  problems: ['dataset_not_found'],
  exampleBody: { filename: 'call-0001.wav', content_type: 'audio/wav', file_size: 480_044 },
});

export const confirmUpload = defineRoute({
  name: 'ingest.confirm-upload',
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
  name: 'ingest.upload-audio',
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
  name: 'ingest.list-audio',
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
  name: 'ingest.read-audio',
  method: 'GET',
  path: '/datasets/{dataset_id}/audio/{audio_id}',
  summary: 'Reads one audio file.',
  scope: 'read',
  params: AudioParams,
  status: 200,
  answer: AudioFileView,
  problems: ['dataset_not_found', 'audio_file_not_found'],
});

export const deleteAudio = defineRoute({
  name: 'ingest.delete-audio',
  method: 'DELETE',
  path: '/datasets/{dataset_id}/audio/{audio_id}',
  summary: 'Deletes an audio file that no published annotation set names.',
  scope: 'write',
  params: AudioParams,
  status: 204,
  problems: ['dataset_not_found', 'audio_file_not_found', 'audio_in_use'],
});

export const readAudioDownload = defineRoute({
  name: 'ingest.read-audio-download',
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
  name: 'ingest.read-audio-peaks',
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

export const ingestRoutes = [
  createUpload,
  confirmUpload,
  uploadAudio,
  listAudio,
  readAudio,
  deleteAudio,
  readAudioDownload,
  readAudioPeaks,
] as const;
