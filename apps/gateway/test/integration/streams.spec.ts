import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { readModelArtifact } from '@earmark/contracts/model-registry/routes';
import { trainingJobCompleted } from '@earmark/contracts/trainer/events';
import { readTrainingJob } from '@earmark/contracts/trainer/routes';
import { answer } from '@earmark/messaging';
import { eventually } from '@earmark/testkit';
import { apiOf, problem, type Api } from '../support/api.js';
import { StandInCatalog } from '../support/datasets.js';
import { runGateway, type RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
let key: string;
let tenantId: string;
let datasetId: string;
let api: Api;
beforeAll(async () => {
  gateway = await runGateway();
  ({ key, tenantId } = await gateway.organisation());
  datasetId = new StandInCatalog(gateway.connection).add(tenantId);
  api = apiOf(gateway.url, key);
});
afterAll(() => gateway?.stop());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
describe('a stored object', () => {
  const content = randomBytes(300_000);
  const digest = sha256(content);
  const modelId = randomUUID();
  const get = (headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${gateway.url}/api/v1/models/${modelId}/artifacts/onnx`, { method, headers: { 'X-API-Key': key, ...headers } });

  beforeAll(async () => {
    const objectKey = `${tenantId}/models/x/1/model.onnx`;
    await gateway.blobs.put(objectKey, content, { contentType: 'application/octet-stream' });
    answer(gateway.connection, readModelArtifact, () => ({
      body: {
        object_key: objectKey,
        content_type: 'application/octet-stream',
        filename: 'modèle.onnx',
        size_bytes: content.length,
        sha256: digest,
      },
    }));
  });

  it('comes whole, with its digest and a name', async () => {
    const answered = await get();
    expect(answered.status).toBe(200);
    expect(sha256(new Uint8Array(await answered.arrayBuffer()))).toBe(digest);
    const header = (name: string): string | null => answered.headers.get(name);
    expect(header('etag')).toBe(`"${digest}"`);
    expect(header('repr-digest')).toBe(`sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`);
    expect(header('content-disposition')).toBe(`attachment; filename="mod_le.onnx"; filename*=UTF-8''mod%C3%A8le.onnx`);
    expect([header('accept-ranges'), header('content-length')]).toEqual(['bytes', '300000']);
  });

  it('comes in parts', async () => {
    const part = await get({ Range: 'bytes=100-299' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 100-299/300000']);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(content.subarray(100, 300));
    const rest = await get({ Range: 'bytes=-10', 'If-Range': `"${digest}"` });
    expect(Buffer.from(await rest.arrayBuffer())).toEqual(content.subarray(-10));
    expect((await get({ Range: 'bytes=0-9', 'If-Range': '"other"' })).status).toBe(200);
    const outside = await get({ Range: 'bytes=300000-' });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */300000']);
    expect(await outside.json()).toMatchObject({ code: 'range_not_satisfiable' });
  });

  it('is spared when the client has it, and for HEAD', async () => {
    expect((await get({ 'If-None-Match': `W/"${digest}"` })).status).toBe(304);
    const head = await get({}, 'HEAD');
    expect([head.status, head.headers.get('content-length'), (await head.arrayBuffer()).byteLength]).toEqual([200, '300000', 0]);
  });
});

describe('training events', () => {
  const id = randomUUID();
  let status = 'training';
  let progress = 10;
  const job = () => ({
    id,
    status: status as 'training',
    progress_percent: progress,
    metrics: null,
    error_message: null,
    error_code: null,
    dataset_id: datasetId,
    annotation_set_id: datasetId,
    config: { artifact_types: ['glitch'] },
    epochs: [],
    device: 'cpu',
    model_id: null,
    attempt: 1,
    created_at: '2026-01-02T03:04:05.000Z',
    started_at: null,
    completed_at: null,
  });

  beforeAll(() => {
    answer(gateway.connection, readTrainingJob, ({ params }) => {
      if (params.training_job_id !== id) throw new Problem('training_job_not_found', 'There is no such job.');
      return { body: job() };
    });
  });

  const watch = (path: string, keyText = key) => fetch(`${gateway.url}/api/v1${path}`, { headers: { 'X-API-Key': keyText } });

  it('tell every change until the job is finished, then end', async () => {
    const answered = await watch(`/training-jobs/${id}/events`);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    let heard = '';
    const reading = (async () => {
      for await (const chunk of answered.body as unknown as AsyncIterable<Uint8Array>) heard += Buffer.from(chunk).toString();
    })();
    await eventually(() => heard.includes('"progress_percent":10'));
    progress = 50;
    await eventually(() => heard.includes('"progress_percent":50'));
    status = 'completed';
    const payload = { ...trainingJobCompleted.example, tenantId, trainingJobId: id };
    gateway.connection.publish(trainingJobCompleted.subject, JSON.stringify(payload));
    await reading;
    const events = heard.split('\n\n').filter((event) => event.startsWith('event: training-job\n'));
    expect(events).toHaveLength(3);
    expect(JSON.parse(events[2]?.split('data: ')[1] ?? '')).toMatchObject({ status: 'completed' });
  });

  it('are 404 for a job of nobody', async () => {
    expect(problem(await api('GET', `/training-jobs/${randomUUID()}/events`))).toBe('404 training_job_not_found');
    expect(problem(await api('GET', '/training-jobs/nonsense/events'))).toBe('404 training_job_not_found');
  });

  it('end with a problem when the key is revoked', async () => {
    status = 'training';
    const { body } = await api('POST', '/auth/api-keys', { json: { name: 'watcher', scopes: ['read'] } });
    const answered = await watch(`/training-jobs/${id}/events`, String(body['key']));
    expect(answered.status).toBe(200);
    await api('DELETE', `/auth/api-keys/${String(body['id'])}`);
    expect(await answered.text()).toMatch(/event: problem\ndata: .*"code":"unauthenticated"/);
  });
});
