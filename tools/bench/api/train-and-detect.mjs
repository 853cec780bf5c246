// The main job over the public API on a labelled folder, with the time of every step.
import { createClient } from '@earmark/sdk';
import { bar } from '../../../infra/local/demo/bar.mjs';
import { step } from '../../../infra/local/progress.mjs';
import { UserError } from '../../../infra/local/user-error.mjs';
import { eachInParallel } from './each-in-parallel.mjs';

const UPLOADS_AT_ONCE = 4;
const BULK = 5_000; // annotations in one request; the route takes 10,000
const LIST_POLL_MS = 1_000;

/** Returns `{ detections, job, model, seconds }`: detections by file name as the API returns them, seconds by step. */
export async function trainAndDetect({ baseUrl, apiKey, folder, name, speakers }) {
  const client = createClient({ baseUrl, apiKey });
  const seconds = {};
  const timed = async (title, work) => {
    const since = performance.now();
    const result = await step(title, work);
    seconds[title] = (performance.now() - since) / 1000;
    return result;
  };
  const dataset = await client.createDataset({
    body: { name, artifact_types: folder.artifactTypes.map((type) => ({ name: type })) },
  });
  const ids = await timed('Uploading', (note) => upload(client, dataset.id, { clips: folder.train, speakers }, note));
  await timed('Decoding and measuring', (note) => untilReady(client, dataset.id, folder.train.length, note));
  const set = await timed('Labelling and publishing', (note) => publish(client, dataset.id, { clips: folder.train, ids }, note));
  const job = await timed('Training', (note) => train(client, { dataset, set, artifactTypes: folder.artifactTypes }, note));
  const model = await client.readModel({ params: { model_id: job.model_id } });
  const detections = await timed('Detecting', (note) => detect(client, model.id, folder.test, note));
  return { detections, job, model, seconds };
}

async function upload(client, datasetId, { clips, speakers }, note) {
  const ids = new Map();
  await eachInParallel(clips, UPLOADS_AT_ONCE, async (clip) => {
    const { id } = await client.upload(datasetId, clip.path);
    const params = { dataset_id: datasetId, audio_id: id };
    if (speakers && clip.voice) await client.changeAudio({ params, body: { speaker: clip.voice } });
    ids.set(clip.file, id);
    note(bar(ids.size / clips.length, `${ids.size} of ${clips.length} files`));
  });
  return ids;
}

async function untilReady(client, datasetId, count, note) {
  const read = async () => {
    const ready = await client.listAudio({ params: { dataset_id: datasetId }, query: { status: 'ready', page_size: 1 } });
    const failed = await client.listAudio({ params: { dataset_id: datasetId }, query: { status: 'failed', page_size: 1 } });
    return { ready: ready.total, failed: failed.items[0] };
  };
  const onState = ({ ready }) => note(bar(ready / count, `${ready} of ${count} files`));
  const { failed } = await client.waitFor(
    read,
    { everyMs: LIST_POLL_MS, onState },
    (state) => state.failed || state.ready === count,
  );
  if (failed) throw new UserError(`${failed.original_filename} failed: ${failed.error_message}`);
}

async function publish(client, datasetId, { clips, ids }, note) {
  const { id } = await client.createAnnotationSet({ params: { dataset_id: datasetId } });
  const params = { dataset_id: datasetId, annotation_set_id: id };
  const annotations = clips.flatMap((clip) =>
    clip.events.map((event) => ({
      audio_file_id: ids.get(clip.file),
      artifact_type: event.type,
      start_ms: event.start_ms,
      end_ms: event.end_ms,
    })),
  );
  for (let from = 0; from < annotations.length; from += BULK)
    await client.createAnnotationsInBulk({ params, body: { annotations: annotations.slice(from, from + BULK) } });
  note(`${annotations.length} annotations`);
  return client.publishAnnotationSet({ params });
}

async function train(client, { dataset, set, artifactTypes }, note) {
  const { id } = await client.createTrainingJob({
    body: { dataset_id: dataset.id, annotation_set_id: set.id, config: { artifact_types: artifactTypes } },
  });
  const onState = ({ progress_percent: percent, status, epochs }) => {
    const last = epochs.at(-1);
    note(
      bar(
        percent / 100,
        last ? `epoch ${last.epoch}, loss ${last.train_loss.toFixed(3)}, F1 ${last.val_f1?.toFixed(2)}` : status,
      ),
    );
  };
  const job = await client.waitForTrainingJob(id, { onState });
  if (job.status !== 'completed') throw new UserError(`Training ${job.status}: ${job.error_message}`);
  note(`${job.epochs.length} epochs`);
  return job;
}

async function detect(client, modelId, clips, note) {
  const { id } = await client.createInferenceJob({ body: { model_id: modelId } });
  const names = new Map();
  await eachInParallel(clips, UPLOADS_AT_ONCE, async (clip) => {
    names.set((await client.uploadForDetection(id, clip.path)).id, clip.file);
    note(`${names.size} of ${clips.length} files uploaded`);
  });
  const onState = (job) => note(bar(job.processed_files / clips.length, `${job.processed_files} of ${clips.length} files`));
  // A job rests as completed whenever all files it has so far are done: with every file confirmed, this is the last time.
  const job = await client.waitForInferenceJob(id, { onState, everyMs: LIST_POLL_MS });
  if (job.status !== 'completed' || job.failed_files > 0)
    throw new UserError(
      `Detection ${job.status}, ${job.failed_files} files failed: ${job.error_message ?? 'see the files of the job'}`,
    );
  const files = await filesOf(client, id);
  return Object.fromEntries(files.map((file) => [names.get(file.id), file.detections]));
}

async function filesOf(client, jobId) {
  const files = [];
  for (let cursor; ;) {
    const page = await client.listInferenceFiles({
      params: { inference_job_id: jobId },
      query: { page_size: 100, ...(cursor ? { cursor } : {}) },
    });
    files.push(...page.items);
    cursor = page.next_cursor;
    if (!cursor) return files;
  }
}
