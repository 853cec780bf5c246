import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, speechLike } from '@earmark/testkit';
import { Api } from '../src/api.js';
import { labelledCorpus, toWav } from '../src/corpus.js';
import { Platform } from '../src/platform.js';
import {
  addFile,
  createDataset,
  finished,
  inferenceUntilFinished,
  publishedDataset,
  settledAudio,
  startTraining,
  trainingUntil,
  uploadAudio,
  type InferenceJob,
} from '../src/story.js';

/** Everything may be killed at any moment: the journey completes, and each effect is there once. */
describe('kill -9', () => {
  const platform = new Platform();
  const corpus = labelledCorpus(20, 16);
  let api: Api;
  let data: { datasetId: string; annotationSetId: string };
  let modelId: string;

  const kill = async (name: string): Promise<void> => {
    const killed = platform.pidOf(name);
    platform.kill(name);
    await eventually(() => platform.pidOf(name) !== killed, { timeoutMs: 60_000 });
  };

  beforeAll(async () => {
    await platform.start();
    api = Api.of(platform.home);
    data = await publishedDataset(api, 'Faults', corpus);
    await settledAudio(api, data.datasetId);
  }, 300_000);

  afterAll(() => platform.remove());

  it('of ingest during a decode: the file becomes ready, once', async () => {
    const datasetId = await createDataset(api, 'Long file');
    const id = await uploadAudio(api, datasetId, 'long.wav', toWav(repeated(30, 60)));
    const status = async () =>
      (await api.get<{ processing_status: string }>(`/datasets/${datasetId}/audio/${id}`)).processing_status;
    await eventually(async () => (await status()) === 'normalizing', { timeoutMs: 30_000, everyMs: 10 });
    await kill('ingest');
    const files = await settledAudio(api, datasetId);
    expect(files).toHaveLength(1);
    expect(files[0]).toMatchObject({ processing_status: 'ready', duration_ms: 30 * 60_000 });
  }, 180_000);

  it('of the trainer in mid-epoch: another attempt resumes and arrives at the same bytes', async () => {
    const undisturbed = await trainingUntil(api, (await startTraining(api, data, { epochs: 4 })).id, finished);
    const job = await startTraining(api, data, { epochs: 4 });
    await trainingUntil(api, job.id, (now) => now.epochs.length >= 1);
    await kill('trainer');
    const done = await trainingUntil(api, job.id, finished);
    expect(done.error_message).toBeNull();
    expect(done).toMatchObject({ status: 'completed', attempt: 2 });
    expect(done.epochs.map((epoch) => epoch.epoch)).toEqual([...new Set(done.epochs.map((epoch) => epoch.epoch))]);
    modelId = done.model_id ?? '';
    const sha = async (id: string | null) =>
      (await api.get<{ artifacts: Record<string, { sha256: string }> }>(`/models/${id}`)).artifacts.onnx?.sha256;
    expect(await sha(modelId)).toBe(await sha(undisturbed.model_id));
    const models = await api.get<{ items: { training_job_id: string }[] }>('/models');
    expect(models.items.filter((model) => model.training_job_id === job.id)).toHaveLength(1);
  }, 400_000);

  it('of inference in mid-file: the file completes once, with the detections of an undisturbed run', async () => {
    const wav = toWav(repeated(20, 60));
    const run = async (disturb: (jobId: string) => Promise<void>): Promise<InferenceJob> => {
      const { id } = await api.post<{ id: string }>('/inference-jobs', { model_id: modelId });
      await addFile(api, id, 'long.wav', wav);
      await disturb(id);
      return inferenceUntilFinished(api, id);
    };
    const calm = await run(async () => undefined);
    const killed = await run(async (id) => {
      await eventually(
        async () => {
          const job = await api.get<InferenceJob>(`/inference-jobs/${id}`);
          return job.files[0]?.status === 'processing';
        },
        { timeoutMs: 60_000, everyMs: 10 },
      );
      await kill('inference');
    });
    expect(killed).toMatchObject({ status: 'completed', total_files: 1, processed_files: 1, failed_files: 0 });
    expect(killed.files[0]?.detections).toEqual(calm.files[0]?.detections);
  }, 300_000);

  it.each(['nats', 'postgres'])(
    'of %s during the journey: everything completes',
    async (server) => {
      const extra = labelledCorpus(4, 16, 3);
      const datasetId = await createDataset(api, `During the loss of ${server}`);
      const training = await startTraining(api, data, { epochs: 2, seed: 5 });
      for (const file of extra.slice(0, 2)) await uploadAudio(api, datasetId, file.name, file.wav);
      await kill(server);
      for (const file of extra.slice(2)) await uploadAudio(api, datasetId, file.name, file.wav);
      const inference = await api.post<{ id: string }>('/inference-jobs', { model_id: modelId });
      for (const file of extra) await addFile(api, inference.id, file.name, file.wav);
      const files = await settledAudio(api, datasetId);
      expect(files.map((file) => file.processing_status)).toEqual(['ready', 'ready', 'ready', 'ready']);
      expect(await inferenceUntilFinished(api, inference.id)).toMatchObject({
        status: 'completed',
        total_files: 4,
        processed_files: 4,
      });
      expect(await trainingUntil(api, training.id, finished)).toMatchObject({ status: 'completed' });
    },
    400_000,
  );

  it('and the loss of the whole JetStream store while everything is down: pending work completes', async () => {
    const extra = labelledCorpus(6, 16, 4);
    const datasetId = await createDataset(api, 'Loss of the streams');
    const training = await startTraining(api, data, { epochs: 2, seed: 6 });
    for (const file of extra) await uploadAudio(api, datasetId, file.name, file.wav);
    await platform.stop();
    const stores = jetStreamStores(platform.home);
    expect(stores.length).toBeGreaterThan(0);
    for (const store of stores) rmSync(store, { recursive: true });
    await platform.start();
    api = Api.of(platform.home);
    const files = await settledAudio(api, datasetId);
    expect(files.filter((file) => file.processing_status === 'ready')).toHaveLength(6);
    expect(await trainingUntil(api, training.id, finished)).toMatchObject({ status: 'completed' });
  }, 400_000);
});

/** `minutes` of sound made of one speech-like stretch of `seconds`, repeated. */
function repeated(minutes: number, seconds: number): Float32Array {
  const part = speechLike({ durationMs: seconds * 1000, seed: 9 });
  const whole = new Float32Array((minutes * 60 * part.length) / seconds);
  for (let offset = 0; offset < whole.length; offset += part.length) whole.set(part, offset);
  return whole;
}

/** Every folder named `jetstream` below a home. */
function jetStreamStores(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const entry = path.join(folder, name);
    if (!statSync(entry, { throwIfNoEntry: false })?.isDirectory()) return [];
    return name === 'jetstream' ? [entry] : jetStreamStores(entry);
  });
}
