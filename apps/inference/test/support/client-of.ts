// What a client of inference does, shortened to what specs write often.
import { randomUUID } from 'node:crypto';
import { Problem, type CallContext, type InferenceJobStatus } from '@earmark/contracts';
import * as routes from '@earmark/contracts/inference/routes';
import { eventually } from '@earmark/testkit';
import { audioWithBursts } from './detector.js';
import type { InferenceWorld } from './inference-world.js';

/** What the gateway sends along with a call. */
const contextOf = (tenantId: string): CallContext => ({
  ...{ tenantId, keyId: randomUUID(), scopes: ['detect'], requestId: 'spec' },
  ...{ idempotencyKey: null, requestHash: null, ifMatch: null },
});

/** The problem that a call answers; fails when there is none. */
export function problemOf(call: Promise<unknown>): Promise<Problem> {
  return call.then(
    () => Promise.reject(new Error('The call was expected to be refused.')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );
}

const shortAudio = audioWithBursts(10_000, 50);

/** Calls of one tenant that has one model. */
export function clientOf({ client, registry, ingest, publish, onnx }: InferenceWorld) {
  const tenantId = randomUUID();
  const context = contextOf(tenantId);
  const model = { modelId: randomUUID(), tenantId, onnx, isActive: true, isArchived: false, alias: 'best' };
  registry.models.push(model);
  const paramsOf = (jobId: string) => ({ inference_job_id: jobId });
  const create = async (config?: object, modelId: string = model.modelId) => {
    const body = { model_id: modelId, ...(config === undefined ? {} : { config }) };
    return (await client.call(routes.createInferenceJob, { context, body })).body;
  };
  const read = async (jobId: string) => (await client.call(routes.readInferenceJob, { context, params: paramsOf(jobId) })).body;
  /** Reserves a file that the client has then uploaded. */
  const reserve = async (jobId: string, filename = 'new.wav') => {
    const body = { filename, file_size_bytes: 1_000, content_type: 'audio/wav' };
    const ticket = (await client.call(routes.createInferenceUpload, { context, params: paramsOf(jobId), body })).body;
    const audioFileId = ticket.s3_key.split('/').at(-1) ?? '';
    ingest.uploaded(audioFileId);
    return { fileId: ticket.file_id, audioFileId };
  };
  const confirm = async (jobId: string, fileId: string) =>
    (await client.call(routes.confirmInferenceUpload, { context, params: paramsOf(jobId), body: { file_id: fileId } })).body;
  const reached = (jobId: string, statuses: readonly InferenceJobStatus[], timeoutMs = 40_000) =>
    eventually(
      async () => {
        const job = await read(jobId);
        if (!statuses.includes(job.status)) throw new Error(`It is ${job.status}: ${JSON.stringify(job.files)}`);
        return job;
      },
      { timeoutMs, everyMs: 50 },
    );
  return {
    ...{ tenantId, context, model, create, read, reserve, confirm, reached },
    /** A file that was uploaded, confirmed and announced. */
    add: async (jobId: string, samples: Float32Array = shortAudio) => {
      const { fileId, audioFileId } = await reserve(jobId);
      await confirm(jobId, fileId);
      await publish(await ingest.becomesReady(audioFileId, samples));
      return { fileId, audioFileId };
    },
    addAudio: async (jobId: string, audioFileIds: readonly string[]) => {
      const body = { audio_file_ids: [...audioFileIds] };
      return (await client.call(routes.addDatasetAudio, { context, params: paramsOf(jobId), body })).body.items;
    },
    cancel: async (jobId: string) => (await client.call(routes.cancelInferenceJob, { context, params: paramsOf(jobId) })).body,
    /** Without `purge` it cancels. */
    delete: async (jobId: string, purge = false) => {
      const query = { purge: String(purge) as 'true' | 'false' };
      return (await client.call(routes.deleteInferenceJob, { context, params: paramsOf(jobId), query })).body;
    },
    detections: async (jobId: string, fileId: string, query: object = {}) => {
      const params = { ...paramsOf(jobId), file_id: fileId };
      return (await client.call(routes.listDetections, { context, params, query })).body;
    },
    rethreshold: async (jobId: string, config: object) =>
      (await client.call(routes.rethreshold, { context, params: paramsOf(jobId), body: { config } })).body,
    list: async (query: object = {}) => (await client.call(routes.listInferenceJobs, { context, query })).body,
    files: async (jobId: string, query: object = {}) =>
      (await client.call(routes.listInferenceFiles, { context, params: paramsOf(jobId), query })).body,
    file: async (jobId: string, fileId: string) =>
      (await client.call(routes.readInferenceFile, { context, params: { ...paramsOf(jobId), file_id: fileId } })).body,
    download: async (jobId: string, fileId: string) =>
      (await client.call(routes.readInferenceDownload, { context, params: { ...paramsOf(jobId), file_id: fileId } })).body,
    completed: (jobId: string, timeoutMs?: number) => reached(jobId, ['completed'], timeoutMs),
  };
}
