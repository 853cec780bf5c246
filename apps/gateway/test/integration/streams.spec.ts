import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKeys } from '@earmark/blob-store';
import { Problem } from '@earmark/contracts';
import { readAudio } from '@earmark/contracts/ingest/routes';
import { confirmReservedUpload, reserveUpload } from '@earmark/contracts/ingest/rpcs';
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
const staged = async (): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key: found } of gateway.blobs.list(blobKeys.uploadsPrefix(tenantId))) keys.push(found);
  return keys;
};

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
    const payload = { ...trainingJobCompleted.example, trainingJobId: id };
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

describe('a multipart upload', () => {
  interface Reserved {
    filename: string;
    sizeBytes: number;
    sha256: string | null;
    isConfirmed: boolean;
  }
  const reserved = new Map<string, Reserved>();
  const path = (): string => `/datasets/${datasetId}/audio`;
  const formOf = (...files: [name: string, bytes: Uint8Array][]): FormData => {
    const form = new FormData();
    form.append('comment', 'ignored');
    for (const [name, bytes] of files) form.append('file', new Blob([bytes], { type: 'audio/wav' }), name);
    return form;
  };

  beforeAll(() => {
    answer(gateway.connection, reserveUpload, ({ audioFileId, filename, sizeBytes, sha256: hash }) => {
      reserved.set(audioFileId, { filename, sizeBytes, sha256: hash, isConfirmed: false });
      const objectKey = blobKeys.upload(tenantId, audioFileId);
      return { audioFileId, uploadUrl: 'http://x', uploadFields: {}, putUrl: 'http://x', key: objectKey, expiresInSeconds: 60 };
    });
    answer(gateway.connection, confirmReservedUpload, ({ audioFileId }) => {
      const file = reserved.get(audioFileId);
      if (file === undefined) throw new Problem('audio_file_not_found', 'There is no such file.');
      file.isConfirmed = true;
      return { file: { ...confirmReservedUpload.exampleResponse.file, audioFileId }, sizeBytes: file.sizeBytes };
    });
    answer(gateway.connection, readAudio, ({ params }) => ({
      body: {
        id: params.audio_id,
        dataset_id: params.dataset_id,
        original_filename: reserved.get(params.audio_id)?.filename ?? '',
        content_type: 'audio/wav',
        size_bytes: reserved.get(params.audio_id)?.sizeBytes ?? 0,
        sha256: null,
        sample_rate: null,
        channels: null,
        duration_ms: null,
        processing_status: 'pending' as const,
        error_code: null,
        error_message: null,
        warnings: [],
        created_at: '2026-01-02T03:04:05.000Z',
      },
    }));
  });

  it('stores, reserves and confirms every file', async () => {
    const big = randomBytes(5_000_000);
    const answered = await api('POST', path(), {
      raw: formOf(['a.wav', randomBytes(10)], ['tschüß.wav', big], ['c.wav', randomBytes(70_000)]),
    });
    expect(answered.status).toBe(201);
    const items = answered.body['items'] as { id: string; original_filename: string; size_bytes: number }[];
    expect(items.map(({ original_filename: name, size_bytes: size }) => [name, size])).toEqual([
      ['a.wav', 10],
      ['tschüß.wav', 5_000_000],
      ['c.wav', 70_000],
    ]);
    const id = items[1]?.id ?? '';
    expect(reserved.get(id)).toMatchObject({ sha256: sha256(big), isConfirmed: true });
    expect(sha256(await gateway.blobs.getBytes(blobKeys.upload(tenantId, id), 6_000_000))).toBe(sha256(big));
  });

  it('is taken once under an idempotency key', async () => {
    const bytes = randomBytes(100);
    const headers = { 'Idempotency-Key': 'upload-1' };
    const first = await api('POST', path(), { raw: formOf(['x.wav', bytes]), headers });
    const before = await staged();
    const again = await api('POST', path(), { raw: formOf(['x.wav', bytes]), headers });
    expect(again.body).toEqual(first.body);
    expect(problem(await api('POST', path(), { raw: formOf(['x.wav', randomBytes(100)]), headers }))).toBe(
      '422 idempotency_key_reused',
    );
    expect(await staged()).toEqual(before);
  });

  it.each([
    ['no file', () => formOf(), '422 validation_failed'],
    ['an empty file', () => formOf(['a.wav', randomBytes(5)], ['b.wav', new Uint8Array()]), '422 validation_failed'],
    ['a long name', () => formOf([`${'x'.repeat(600)}.wav`, randomBytes(5)]), '422 validation_failed'],
  ])('is refused and leaves nothing: %s', async (_name, form, expected) => {
    const before = await staged();
    expect(problem(await api('POST', path(), { raw: form() }))).toBe(expected);
    expect(await staged()).toEqual(before);
  });

  it('is refused before a byte is stored: another type, another dataset, too large', async () => {
    const before = await staged();
    expect(problem(await api('POST', path(), { json: {} }))).toBe('415 unsupported_media_type');
    const noBoundary = { 'Content-Type': 'multipart/form-data; x=y' };
    expect(problem(await api('POST', path(), { raw: 'x', headers: noBoundary }))).toBe('400 malformed_request');
    for (const id of [randomUUID(), 'nonsense'])
      expect(problem(await api('POST', `/datasets/${id}/audio`, { raw: formOf(['a.wav', randomBytes(5)]) }))).toBe(
        '404 dataset_not_found',
      );
    expect(await announce(600 * 1024 ** 2)).toBe(413);
    expect(await staged()).toEqual(before);
  });

  it.each([
    ['cut in the middle', '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'],
    ['no form at all', 'this is not a form'],
  ])('of a broken form leaves nothing: %s', async (_name, text) => {
    const before = await staged();
    const headers = { 'Content-Type': 'multipart/form-data; boundary=b' };
    expect(problem(await api('POST', path(), { raw: text, headers }))).toBe('400 malformed_request');
    expect(await staged()).toEqual(before);
  });

  it('that is broken off by the client leaves nothing', async () => {
    const before = await staged();
    await abortAfter(2_000_000);
    await eventually(async () => expect(await staged()).toEqual(before));
    expect((await api('GET', '/datasets')).status).toBe(200);
  });

  /** Announces a body of this size, sends none of it, and answers the status. */
  function announce(sizeBytes: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sent = multipartRequest({ 'Content-Length': String(sizeBytes) });
      sent.on('response', (response) => {
        resolve(response.statusCode);
        sent.destroy();
      });
      sent.on('error', reject);
      sent.flushHeaders();
    });
  }

  function abortAfter(sizeBytes: number): Promise<void> {
    return new Promise((resolve) => {
      const sent = multipartRequest({});
      sent.on('close', resolve).on('error', () => undefined);
      sent.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n');
      sent.write(randomBytes(sizeBytes), () => sent.destroy());
    });
  }

  function multipartRequest(headers: Record<string, string>) {
    const type = 'multipart/form-data; boundary=b';
    return httpRequest(`${gateway.url}/api/v1${path()}`, {
      method: 'POST',
      headers: { 'X-API-Key': key, 'Content-Type': type, ...headers },
    });
  }
});
