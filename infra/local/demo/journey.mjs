// The main job over the public API, by the SDK, with progress.
import { createClient } from '@earmark/sdk';
import { catalogRoutes as catalog } from '@earmark/contracts/catalog/routes';
import * as trainer from '@earmark/contracts/trainer/routes';
import * as registry from '@earmark/contracts/model-registry/routes';
import * as inference from '@earmark/contracts/inference/routes';
import { bar } from './bar.mjs';
import { step } from '../progress.mjs';
import { UserError } from '../user-error.mjs';

const POLL_MS = 300;
const artifactTypes = [
  { name: 'glitch', description: 'Clicks, pops, dropouts, bursts', color: '#FF4444' },
  { name: 'long_pause', description: 'Silence that breaks the flow', color: '#4444FF' },
];

/** Uploads, labels, publishes, trains and detects; returns `{ dataset, model, job, inferenceJob, seconds }`. */
export async function runJourney({ baseUrl, apiKey, train, unseen }) {
  const startedAt = performance.now();
  const client = createClient({ baseUrl, apiKey });
  const dataset = await client.call(catalog.createDataset, {
    body: { name: 'Demo: speech with artifacts', artifact_types: artifactTypes },
  });
  const params = { dataset_id: dataset.id };
  const ids = await step('Uploading', (note) => uploadAll(client, params, train, note));
  const set = await step('Labelling and publishing', (note) => publish(client, params, train, ids, note));
  await step('Decoding and measuring', (note) => untilReady(client, params, train.length, note));
  const job = await step('Training', (note) => trainModel(client, dataset.id, set.id, note));
  const model = await client.call(registry.readModel, { params: { model_id: job.model_id } });
  const inferenceJob = await step('Detecting in unseen audio', (note) => detect(client, model.id, unseen, note));
  return { dataset, model, job, inferenceJob, seconds: (performance.now() - startedAt) / 1000 };
}

async function uploadAll(client, params, files, note) {
  const ids = new Map();
  for (const file of files) {
    const body = { filename: file.name, content_type: 'audio/wav', file_size: file.wav.byteLength };
    const ticket = await client.call(catalog.createUpload, { params, body });
    await send(ticket.upload_url, ticket.fields, file);
    await client.call(catalog.confirmUpload, { params, body: { audio_id: ticket.audio_id } });
    ids.set(file.name, ticket.audio_id);
    note(bar(ids.size / files.length, `${ids.size} of ${files.length} files`));
  }
  return ids;
}

async function send(url, fields, file) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([file.wav], { type: 'audio/wav' }), file.name);
  const response = await fetch(url, { method: 'POST', body: form });
  if (!response.ok) throw new UserError(`Object storage refused ${file.name}: ${response.status} ${await response.text()}`);
}

async function publish(client, params, files, ids, note) {
  const set = await client.call(catalog.createAnnotationSet, { params, body: {} });
  const setParams = { ...params, annotation_set_id: set.id };
  const annotations = files.flatMap((file) => file.labels.map((label) => ({ audio_file_id: ids.get(file.name), ...label })));
  await client.call(catalog.createAnnotationsInBulk, { params: setParams, body: { annotations } });
  note(`${annotations.length} annotations`);
  return client.call(catalog.publishAnnotationSet, { params: setParams });
}

async function untilReady(client, params, count, note) {
  await poll(async () => {
    const { items } = await client.call(catalog.listAudio, { params });
    const failed = items.find((file) => file.processing_status === 'failed');
    if (failed) throw new UserError(`${failed.original_filename} failed: ${failed.error_message}`);
    const ready = items.filter((file) => file.processing_status === 'ready').length;
    note(bar(ready / count, `${ready} of ${count} files`));
    return ready === count;
  });
}

async function trainModel(client, datasetId, annotationSetId, note) {
  const config = { artifact_types: artifactTypes.map((type) => type.name), epochs: 12 };
  const { id } = await client.call(trainer.createTrainingJob, {
    body: { dataset_id: datasetId, annotation_set_id: annotationSetId, config },
  });
  const job = await poll(async () => {
    const now = await client.call(trainer.readTrainingJob, { params: { training_job_id: id } });
    const last = now.epochs.at(-1);
    note(bar(now.progress_percent / 100, last ? `epoch ${last.epoch}, loss ${last.train_loss.toFixed(3)}` : now.status));
    return ['completed', 'failed', 'cancelled'].includes(now.status) && now;
  });
  if (job.status !== 'completed') throw new UserError(`Training ${job.status}: ${job.error_message}`);
  return job;
}

async function detect(client, modelId, files, note) {
  const { id } = await client.call(inference.createInferenceJob, { body: { model_id: modelId } });
  const params = { inference_job_id: id };
  for (const file of files) {
    const body = { filename: file.name, file_size_bytes: file.wav.byteLength, content_type: 'audio/wav' };
    const ticket = await client.call(inference.createInferenceUpload, { params, body });
    await send(ticket.upload_url, ticket.upload_fields, file);
    await client.call(inference.confirmInferenceUpload, { params, body: { file_id: ticket.file_id } });
  }
  return poll(async () => {
    const job = await client.call(inference.readInferenceJob, { params });
    note(bar(job.processed_files / files.length, `${job.processed_files} of ${files.length} files`));
    return ['completed', 'failed', 'cancelled'].includes(job.status) && job;
  });
}

/** Asks again until the answer is truthy. */
async function poll(ask) {
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
