import { createRandom } from '@earmark/audio';
import { eventually } from '@earmark/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../src/api.js';
import { labelledCorpus, type LabelledFile } from '../src/corpus.js';
import { Platform } from '../src/platform.js';
import { finished, publishedDataset, settledAudio, trainingUntil, type InferenceJob, type TrainingJob } from '../src/story.js';
import { StubbornClient } from '../src/stubborn-client.js';

const KILLS = Number(process.env['EARMARK_KILLS'] ?? 100);
const SEED = Number(process.env['EARMARK_KILL_SEED'] ?? 1);
/** Between two kills the clients get so many answers, at most. */
const MAX_ANSWERS_BETWEEN = 12;
const MINUTE = 60_000;

/** What clients were told has happened. */
interface Told {
  readonly audio: string[];
  readonly annotations: string[];
  readonly trainings: string[];
  readonly detections: string[];
}

/** Random processes are killed while clients work. Repeat a run with EARMARK_KILL_SEED and EARMARK_KILLS. */
describe(`${KILLS} kills at random (seed ${SEED})`, () => {
  const platform = new Platform();
  const random = createRandom(SEED);
  const corpus = labelledCorpus(20, 16);
  const told: Told = { audio: [], annotations: [], trainings: [], detections: [] };
  let client: StubbornClient;
  let trained: { datasetId: string; annotationSetId: string };
  let modelId: string;
  let inbox: { datasetId: string; annotationSetId: string; audioId: string };
  let isOver = false;

  beforeAll(async () => {
    await platform.start();
    const api = Api.of(platform.home);
    client = new StubbornClient(api);
    trained = await publishedDataset(api, 'Trained on', corpus);
    await settledAudio(api, trained.datasetId);
    modelId = (await trainingUntil(api, await train(), finished)).model_id ?? '';
    inbox = await openDataset();
  }, 10 * MINUTE);
  afterAll(() => platform.remove(), MINUTE);

  async function openDataset(): Promise<typeof inbox> {
    const types = [{ name: 'glitch' }, { name: 'long_pause' }];
    const { id: datasetId } = await client.post<{ id: string }>('/datasets', { name: 'Inbox', artifact_types: types });
    const { id: annotationSetId } = await client.post<{ id: string }>(`/datasets/${datasetId}/annotation-sets`);
    const audioId = await upload(datasetId, fileAt(0), 'first.wav');
    await settledAudio(client.api, datasetId);
    return { datasetId, annotationSetId, audioId };
  }

  const fileAt = (index: number): LabelledFile => corpus[index % corpus.length] as LabelledFile;

  async function upload(datasetId: string, { wav }: LabelledFile, filename: string): Promise<string> {
    const wish = { filename, content_type: 'audio/wav', file_size: wav.byteLength };
    const ticket = await client.post<{ audio_id: string; upload_url: string; fields: Record<string, string> }>(
      `/datasets/${datasetId}/audio/upload-url`,
      wish,
    );
    await client.store(ticket.upload_url, ticket.fields, filename, wav);
    await client.post(`/datasets/${datasetId}/audio/confirm`, { audio_id: ticket.audio_id });
    return ticket.audio_id;
  }

  async function annotate(index: number): Promise<string> {
    const { datasetId, annotationSetId, audioId } = inbox;
    const body = { audio_file_id: audioId, artifact_type: 'glitch', start_ms: index, end_ms: index + 20 };
    return (await client.post<{ id: string }>(`/datasets/${datasetId}/annotation-sets/${annotationSetId}/annotations`, body)).id;
  }

  async function train(): Promise<string> {
    const config = { artifact_types: ['glitch', 'long_pause'], epochs: 2 };
    const { datasetId: dataset_id, annotationSetId: annotation_set_id } = trained;
    return (await client.post<{ id: string }>('/training-jobs', { dataset_id, annotation_set_id, config })).id;
  }

  async function detect(index: number): Promise<string> {
    const { name, wav } = fileAt(index);
    const { id } = await client.post<{ id: string }>('/inference-jobs', { model_id: modelId });
    const ticket = await client.post<{ file_id: string; upload_url: string; upload_fields: Record<string, string> }>(
      `/inference-jobs/${id}/files/upload-url`,
      { filename: name, file_size_bytes: wav.byteLength, content_type: 'audio/wav' },
    );
    await client.store(ticket.upload_url, ticket.upload_fields, name, wav);
    await client.post(`/inference-jobs/${id}/files/confirm`, { file_id: ticket.file_id });
    return id;
  }

  /** Repeats one kind of work until the killing is over; `told` grows by what was answered. */
  async function keepDoing(told: string[], work: (index: number) => Promise<string>): Promise<void> {
    for (let index = 1; !isOver; index++) told.push(await work(index));
  }

  async function killAtRandom(): Promise<void> {
    const startedAt = performance.now();
    for (let count = 1; count <= KILLS; count++) {
      const goal = client.answered + random.int(1, MAX_ANSWERS_BETWEEN + 1);
      await eventually(() => client.answered >= goal, { timeoutMs: 3 * MINUTE });
      const name = random.pick(Object.keys(platform.ready().processes).sort());
      const killed = platform.pidOf(name);
      platform.kill(name);
      console.info(`kill ${count} of ${KILLS} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${name}`);
      await eventually(() => platform.pidOf(name) !== killed, { timeoutMs: 2 * MINUTE });
    }
    isOver = true;
  }

  it(
    'lose nothing and do nothing twice',
    async () => {
      await Promise.all([
        killAtRandom(),
        keepDoing(told.audio, (index) => upload(inbox.datasetId, fileAt(index), `upload-${index}.wav`)),
        keepDoing(told.annotations, annotate),
        keepDoing(told.trainings, async () => (await trainingUntil(client.api, await train(), finished, 15 * MINUTE)).id),
        keepDoing(told.detections, detect),
      ]);
      console.info(`told: ${Object.entries(told).map(([what, ids]) => `${(ids as string[]).length} ${what}`).join(', ')}`); // prettier-ignore
      await expectAudioOnce();
      await expectAnnotationsOnce();
      await expectTrainingsOnce();
      await expectDetectionsOnce();
      expect(client.broken).toEqual([]);
    },
    40 * MINUTE,
  );

  async function expectAudioOnce(): Promise<void> {
    const files = await settledAudio(client.api, inbox.datasetId, 5 * MINUTE);
    expect(files.filter((file) => file.processing_status !== 'ready')).toEqual([]);
    expect(files.map((file) => file.id).sort()).toEqual([inbox.audioId, ...told.audio].sort());
  }

  async function expectAnnotationsOnce(): Promise<void> {
    const route = `/datasets/${inbox.datasetId}/annotation-sets/${inbox.annotationSetId}`;
    const { annotations } = await client.get<{ annotations: { id: string }[] }>(route);
    expect(annotations.map(({ id }) => id).sort()).toEqual(told.annotations.toSorted());
  }

  async function expectTrainingsOnce(): Promise<void> {
    const { items: jobs } = await client.get<{ items: TrainingJob[] }>('/training-jobs');
    const { items: models } = await client.get<{ items: { id: string; training_job_id: string | null }[] }>('/models');
    expect(jobs.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(
      [firstTraining(models), ...told.trainings].map((id) => `${id} completed`).sort(),
    );
    expect(models.map((model) => model.training_job_id ?? '').sort()).toEqual(jobs.map(({ id }) => id).sort());
  }

  const firstTraining = (models: readonly { id: string; training_job_id: string | null }[]): string =>
    models.find(({ id }) => id === modelId)?.training_job_id ?? '';

  async function expectDetectionsOnce(): Promise<void> {
    const byFile = new Map<string, unknown>();
    for (const id of told.detections) {
      const job = await eventually(
        async () => {
          const now = await client.get<InferenceJob>(`/inference-jobs/${id}`);
          return finished(now) && now;
        },
        { timeoutMs: 5 * MINUTE, everyMs: 500 },
      );
      expect(job).toMatchObject({ status: 'completed', total_files: 1, processed_files: 1, failed_files: 0 });
      const [file] = (job as InferenceJob).files;
      const first = byFile.get(file?.original_filename ?? '') ?? file?.detections;
      byFile.set(file?.original_filename ?? '', first);
      expect(file?.detections).toEqual(first);
    }
  }
});
