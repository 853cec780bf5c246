import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { allRoutes } from '@earmark/contracts/catalogue';
import { operationIdOf } from '@earmark/contracts/documents';
import { createClient } from './client.js';
import { ApiError } from './problem-error.js';
import { jsonRoutes, objectRoutes, specialRoutes } from './routes.js';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Reply = (response: ServerResponse, seen: Seen) => void;

let server: Server;
let baseUrl: string;
let seen: Seen[];
let replies: Reply[];

beforeEach(async () => {
  seen = [];
  replies = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString('latin1') };
      seen.push(one);
      (replies.shift() ?? json(500, { code: 'internal', detail: 'Nobody expected this.' }))(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
const client = () => createClient({ baseUrl: `${baseUrl}/`, apiKey: 'em_live_x' });
const { datasetId: dataset_id, audioFileId: audio_id, trainingJobId } = exampleIds;

const sorted = (names: readonly string[]): string[] => [...names].sort((a, b) => a.localeCompare(b));

describe('the client', () => {
  it('knows every route of the API by its operation id', () => {
    const known = { ...jsonRoutes, ...objectRoutes, ...specialRoutes };
    const names = Object.entries(known).map(([name, route]) => `${name} ${route.name}`);
    expect(sorted(names)).toEqual(sorted(allRoutes.map((route) => `${operationIdOf(route)} ${route.name}`)));
    const api = client() as unknown as Record<string, unknown>;
    for (const name of Object.keys(known).filter((name) => !(name in objectRoutes))) expect(typeof api[name]).toBe('function');
  });

  it('sends address, query, body, key and conditions', async () => {
    replies.push(json(200, { id: dataset_id }), json(200, { items: [] }), (response) => response.writeHead(204).end());
    const api = client();
    await api.changeDataset({ params: { dataset_id }, body: { name: 'Übung' }, ifMatch: '"3"' });
    await api.listModels({ query: { is_active: 'true', page_size: 5 } });
    expect(await api.deleteDataset({ params: { dataset_id } })).toEqual({});
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `PATCH /api/v1/datasets/${dataset_id}`,
      'GET /api/v1/models?is_active=true&page_size=5',
      `DELETE /api/v1/datasets/${dataset_id}`,
    ]);
    expect(seen[0]?.headers).toMatchObject({ 'x-api-key': 'em_live_x', 'if-match': '"3"', 'content-type': 'application/json' });
    expect(Buffer.from(seen[0]?.body ?? '', 'latin1').toString()).toBe('{"name":"Übung"}');
    expect(seen[2]?.headers['content-type']).toBeUndefined();
  });

  it('needs what the route needs', async () => {
    // @ts-expect-error a path parameter is missing
    await expect(client().readDataset({})).rejects.toThrow('dataset_id');
    // @ts-expect-error the body is missing
    const call = (): unknown => client().createAnnotation({ params: { dataset_id, annotation_set_id: dataset_id } });
    expect(typeof call).toBe('function');
  });

  it('throws what the API said', async () => {
    const errors = [{ loc: ['body', 'name'], msg: 'is too short', type: 'too_small' }];
    replies.push(json(422, { code: 'validation_failed', detail: 'The name is too short.', errors }, { 'X-Request-Id': 'r-1' }));
    const error = await client()
      .createDataset({ body: { name: '', artifact_types: [] } })
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      message: 'The name is too short.',
      status: 422,
      code: 'validation_failed',
      requestId: 'r-1',
      errors,
    });
    replies.push((response) => response.writeHead(404, { 'Content-Type': 'text/html' }).end('<h1>proxy</h1>'));
    await expect(client().listDatasets()).rejects.toMatchObject({ status: 404, message: 'The server answered 404.' });
  });
});

describe('trying again', () => {
  const away = json(503, { code: 'service_unavailable', detail: 'Away.' }, { 'Retry-After': '0' });

  it('is done for what reads and for what has an idempotency key', async () => {
    replies.push(away, (response) => response.destroy(), json(200, { items: [] }));
    await client().listDatasets();
    replies.push(away, json(201, { id: dataset_id }));
    await client().createDataset({ body: { name: 'x', artifact_types: [{ name: 'a' }] }, idempotencyKey: 'once' });
    expect(seen.slice(3).map(({ headers }) => headers['idempotency-key'])).toEqual(['once', 'once']);
  });

  it('is not done for other changes, nor for refusals', async () => {
    replies.push(away);
    await expect(client().createDataset({ body: { name: 'x', artifact_types: [{ name: 'a' }] } })).rejects.toThrow('Away.');
    replies.push(json(404, { code: 'dataset_not_found', detail: 'Not there.' }));
    await expect(client().readDataset({ params: { dataset_id } })).rejects.toThrow('Not there.');
    expect(seen).toHaveLength(2);
  });

  it('ends', async () => {
    replies.push(away, away, away, away, away);
    await expect(client().listDatasets()).rejects.toThrow('Away.');
    expect(seen).toHaveLength(4);
  });
});

describe('uploads', () => {
  it('post a file from disk by its presigned form and confirm it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sdk-'));
    try {
      const file = path.join(folder, 'call.wav');
      await writeFile(file, 'RIFF1234');
      const ticket = {
        audio_id,
        upload_url: `${baseUrl}/bucket`,
        fields: { key: 'k', policy: 'p' },
        put_url: baseUrl,
        key: 'k',
        expires_in: 60,
      };
      replies.push(json(200, ticket), (response) => response.writeHead(204).end(), json(200, { id: audio_id }));
      expect(await client().upload(dataset_id, file)).toEqual({ id: audio_id });
      expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ filename: 'call.wav', content_type: 'audio/wav', file_size: 8 });
      const form = seen[1];
      expect(form?.headers['x-api-key']).toBeUndefined();
      expect(form?.body).toMatch(/name="key"\r\n\r\nk\r\n[^]*name="policy"[^]*name="file"; filename="call.wav"[^]*RIFF1234/);
      expect(JSON.parse(seen[2]?.body ?? '')).toEqual({ audio_id });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('say when storage refuses', async () => {
    const ticket = { audio_id, upload_url: `${baseUrl}/bucket`, fields: {}, put_url: baseUrl, key: 'k', expires_in: 60 };
    replies.push(json(200, ticket), (response) => response.writeHead(403).end('<Error/>'));
    const source = { filename: 'a.wav', content: new Uint8Array(3) };
    await expect(client().upload(dataset_id, source)).rejects.toThrow('Storage refused the upload of a.wav with status 403.');
  });
});

describe('waiting', () => {
  it('ends with the first state that has ended', async () => {
    replies.push(json(200, { status: 'queued' }), json(200, { status: 'training' }), json(200, { status: 'completed' }));
    const states: unknown[] = [];
    const job = await client().waitForTrainingJob(trainingJobId, { everyMs: 1, onState: ({ status }) => states.push(status) });
    expect([job.status, states]).toEqual(['completed', ['queued', 'training', 'completed']]);
  });

  it('gives up', async () => {
    replies.push(json(200, { status: 'queued' }));
    await expect(client().waitForTrainingJob(trainingJobId, { timeoutMs: 0 })).rejects.toThrow('Not finished within 0 ms.');
    replies.push(json(200, { status: 'queued' }));
    const signal = AbortSignal.timeout(20);
    await expect(client().waitForTrainingJob(trainingJobId, { everyMs: 60_000, signal })).rejects.toThrow(/timeout/);
  });

  it('by events sees every change, in whatever pieces they come', async () => {
    replies.push((response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(': hello\n\nevent: training-job\nda');
      response.write('ta: {"status":"training"}\n\n');
      response.end('event: training-job\ndata: {"status":"completed"}\n\n');
    });
    const states: unknown[] = [];
    for await (const { status } of client().watchTrainingJob(trainingJobId)) states.push(status);
    expect(states).toEqual(['training', 'completed']);
    const problem = { status: 401, code: 'unauthenticated', detail: 'The key was revoked.', request_id: 'r' };
    replies.push((response) => response.writeHead(200).end(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`));
    await expect(client().watchTrainingJob(trainingJobId).next()).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});
