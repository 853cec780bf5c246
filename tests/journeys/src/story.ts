import { eventually } from '@earmark/testkit';
import type { Api } from './api.js';
import type { LabelledFile } from './corpus.js';

export interface AudioFile {
  id: string;
  processing_status: string;
  error_code: string | null;
  error_message: string | null;
  duration_ms: number | null;
  warnings: string[];
  sha256: string | null;
  original_filename: string;
}
export interface TrainingJob {
  id: string;
  status: string;
  progress_percent: number;
  error_message: string | null;
  model_id: string | null;
  attempt: number;
  epochs: { epoch: number; train_loss: number }[];
  metrics: { f1_score: number; per_class: Record<string, { support: number }> } | null;
}
export interface InferenceFile {
  id: string;
  original_filename: string;
  status: string;
  error_code: string | null;
  detections: { artifact_type: string; start_ms: number; end_ms: number; confidence: number }[] | null;
  detection_count: number | null;
}
export interface InferenceJob {
  id: string;
  status: string;
  total_files: number;
  processed_files: number;
  failed_files: number;
  total_detections: number;
  files: InferenceFile[];
  config: { thresholds: Record<string, number> };
}

const types = [{ name: 'glitch' }, { name: 'long_pause', color: '#4444FF' }];

/** A dataset with the two artifact types of the shared corpus. */
export async function createDataset(api: Api, name: string): Promise<string> {
  return (await api.post<{ id: string }>('/datasets', { name, artifact_types: types })).id;
}

/** Uploads one file by presigned POST and confirms it; returns its id. */
export async function uploadAudio(
  api: Api,
  datasetId: string,
  name: string,
  bytes: Uint8Array,
  contentType = 'audio/wav',
): Promise<string> {
  const ticket = await api.post<{ audio_id: string; upload_url: string; fields: Record<string, string> }>(
    `/datasets/${datasetId}/audio/upload-url`,
    {
      filename: name,
      content_type: contentType,
      file_size: bytes.byteLength,
    },
  );
  const status = await api.store(ticket.upload_url, ticket.fields, name, bytes);
  if (status >= 300) throw new Error(`storage answered ${status}`);
  await api.post(`/datasets/${datasetId}/audio/confirm`, { audio_id: ticket.audio_id });
  return ticket.audio_id;
}

/** Waits until every file of the dataset is ready or failed. */
export async function settledAudio(api: Api, datasetId: string, timeoutMs = 120_000): Promise<AudioFile[]> {
  return eventually(
    async () => {
      const { items } = await api.get<{ items: AudioFile[] }>(`/datasets/${datasetId}/audio`);
      const waiting = items.filter((file) => file.processing_status !== 'ready' && file.processing_status !== 'failed');
      if (waiting.length > 0) throw new Error(`${waiting.length} of ${items.length} files are ${waiting[0]?.processing_status}`);
      return items;
    },
    { timeoutMs, everyMs: 200 },
  );
}

/** Uploads a corpus, annotates it and publishes; returns the ids a training needs. */
export async function publishedDataset(
  api: Api,
  name: string,
  corpus: readonly LabelledFile[],
): Promise<{ datasetId: string; annotationSetId: string }> {
  const datasetId = await createDataset(api, name);
  const ids = new Map<string, string>();
  for (const file of corpus) ids.set(file.name, await uploadAudio(api, datasetId, file.name, file.wav));
  const set = await api.post<{ id: string }>(`/datasets/${datasetId}/annotation-sets`);
  const annotations = corpus.flatMap((file) => file.labels.map((label) => ({ audio_file_id: ids.get(file.name), ...label })));
  await api.post(`/datasets/${datasetId}/annotation-sets/${set.id}/annotations/bulk`, { annotations });
  await api.post(`/datasets/${datasetId}/annotation-sets/${set.id}/publish`);
  return { datasetId, annotationSetId: set.id };
}

export function startTraining(
  api: Api,
  data: { datasetId: string; annotationSetId: string },
  config: Record<string, unknown> = {},
): Promise<TrainingJob> {
  return api.post<TrainingJob>('/training-jobs', {
    dataset_id: data.datasetId,
    annotation_set_id: data.annotationSetId,
    config: { artifact_types: ['glitch', 'long_pause'], epochs: 3, ...config },
  });
}

/** Waits until a training job is where `done` says; fails at once when it failed. */
export async function trainingUntil(
  api: Api,
  id: string,
  done: (job: TrainingJob) => boolean,
  timeoutMs = 300_000,
): Promise<TrainingJob> {
  return eventually(
    async () => {
      const job = await api.get<TrainingJob>(`/training-jobs/${id}`);
      if (!done(job)) throw new Error(`training is ${job.status} at ${job.progress_percent} %: ${job.error_message ?? ''}`);
      return job;
    },
    { timeoutMs, everyMs: 200 },
  );
}

export const finished = (job: { status: string }): boolean => ['completed', 'failed', 'cancelled'].includes(job.status);

/** Adds a file to an inference job by presigned POST. */
export async function addFile(api: Api, jobId: string, name: string, bytes: Uint8Array): Promise<string> {
  const ticket = await api.post<{ file_id: string; upload_url: string; upload_fields: Record<string, string> }>(
    `/inference-jobs/${jobId}/files/upload-url`,
    { filename: name, file_size_bytes: bytes.byteLength, content_type: 'audio/wav' },
  );
  const status = await api.store(ticket.upload_url, ticket.upload_fields, name, bytes);
  if (status >= 300) throw new Error(`storage answered ${status}`);
  await api.post(`/inference-jobs/${jobId}/files/confirm`, { file_id: ticket.file_id });
  return ticket.file_id;
}

export async function inferenceUntilFinished(api: Api, id: string, timeoutMs = 180_000): Promise<InferenceJob> {
  return eventually(
    async () => {
      const job = await api.get<InferenceJob>(`/inference-jobs/${id}`);
      if (!finished(job)) throw new Error(`inference is ${job.status}, ${job.processed_files} of ${job.total_files}`);
      return job;
    },
    { timeoutMs, everyMs: 200 },
  );
}
