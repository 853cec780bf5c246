import http from 'node:http';
import net from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EMPTY_SHA256, sha256Hex, signRequest } from '../../src/signature.js';
import { BUCKET, dataFiles, keys, noise, type RunningServer, startServer } from '../running-server.js';

let running: RunningServer;
beforeAll(async () => {
  running = await startServer();
});
afterAll(() => running.stop());

const url = (path: string) => new URL(path, running.server.endpoint);

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly payloadHash?: string;
  /** Headers sent and not signed. */
  readonly unsigned?: Record<string, string>;
  readonly host?: string;
}

/** The headers of a request signed by hand. */
function signed({
  method,
  path,
  headers = {},
  payloadHash = EMPTY_SHA256,
  unsigned = {},
  host = url('/').host,
}: Signed): Record<string, string> {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const all: Record<string, string> = { host, 'x-amz-content-sha256': payloadHash, 'x-amz-date': timestamp, ...headers };
  const names = Object.keys(all).sort();
  const scope = { secretKey: keys.secretKey, day: timestamp.slice(0, 8), region: 'us-east-1' };
  const signedHeaders = names.map((name) => [name, all[name] ?? ''] as const);
  const { pathname, searchParams } = url(path);
  const request = { method, path: decodeURIComponent(pathname), query: [...searchParams], signedHeaders, payloadHash };
  const credential = `${keys.accessKey}/${scope.day}/us-east-1/s3/aws4_request`;
  const signature = signRequest(request, timestamp, scope);
  const { host: _host, ...sent } = all;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return { ...sent, ...unsigned, authorization };
}

async function send(request: Signed, body?: Buffer): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(url(request.path), {
    method: request.method,
    headers: signed(request),
    ...(body ? { body: Uint8Array.from(body) } : {}),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

describe('the protocol', () => {
  it('tells anyone that it lives, and nothing else', async () => {
    expect((await fetch(url('/minio/health/live'))).status).toBe(200);
    for (const path of ['/', `/${BUCKET}`, `/${BUCKET}/key`]) expect((await fetch(url(path))).status).toBe(403);
    expect(new URL(running.server.endpoint).hostname).toBe('127.0.0.1');
  });

  it('lets browsers of any origin use a signature', async () => {
    const headers = {
      origin: 'https://studio.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type',
    };
    const preflight = await fetch(url(`/${BUCKET}/key`), { method: 'OPTIONS', headers });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://studio.example');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type');
    const refused = await fetch(url(`/${BUCKET}/key`), { headers: { origin: 'https://studio.example' } });
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://studio.example');
  });

  it('refuses a signature that leaves out an x-amz header or is for another host', async () => {
    await running.client.putObject(BUCKET, 'victim', Buffer.from('x'), 1);
    const put = { method: 'PUT', path: `/${BUCKET}/copied` };
    const smuggled = await send({ ...put, unsigned: { 'x-amz-copy-source': `/${BUCKET}/victim` } });
    expect([smuggled.status, smuggled.text]).toEqual([403, expect.stringContaining('not signed: x-amz-copy-source')]);
    expect((await send({ ...put, host: 'storage.example' })).status).toBe(403);
    expect((await send({ ...put, headers: { 'x-amz-copy-source': `/${BUCKET}/victim` } })).status).toBe(200);
  });

  it('refuses a body that is not the one that was signed, and keeps nothing of it', async () => {
    const before = await dataFiles(running.dir);
    const answer = await send({ method: 'PUT', path: `/${BUCKET}/body`, payloadHash: sha256Hex('signed') }, Buffer.from('sent'));
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('XAmzContentSHA256Mismatch')]);
    const md5 = await send(
      { method: 'PUT', path: `/${BUCKET}/body`, payloadHash: 'UNSIGNED-PAYLOAD', headers: { 'content-md5': 'AAAA' } },
      Buffer.from('x'),
    );
    expect([md5.status, md5.text]).toEqual([400, expect.stringContaining('BadDigest')]);
    expect(await dataFiles(running.dir)).toEqual(before);
  });

  /** Asks the server for its health until its data folder is as wanted, at most 10 s. */
  const untilDataFiles = async (isWanted: (files: string[]) => boolean): Promise<void> => {
    const deadline = Date.now() + 10_000;
    while (!isWanted(await dataFiles(running.dir)) && Date.now() < deadline) await fetch(url('/minio/health/live'));
  };

  it('keeps nothing of an upload whose client left', async () => {
    const before = await dataFiles(running.dir);
    const headers = signed({ method: 'PUT', path: `/${BUCKET}/left`, payloadHash: 'UNSIGNED-PAYLOAD' });
    const request = http.request(url(`/${BUCKET}/left`), { method: 'PUT', headers: { ...headers, 'content-length': 1_000_000 } });
    const failed = new Promise((resolve) => request.once('error', resolve));
    await new Promise<void>((resolve) => request.write(noise(500_000), () => resolve()));
    await untilDataFiles((files) => files.length === before.length + 1); // the server is writing
    request.destroy(new Error('gone'));
    await failed;
    await untilDataFiles((files) => files.length === before.length);
    expect(await dataFiles(running.dir)).toEqual(before);
    expect((await send({ method: 'HEAD', path: `/${BUCKET}/left` })).status).toBe(404);
  });

  it('refuses before the body when the client waits for "100 Continue"', async () => {
    const answered = await new Promise<number>((resolve, reject) => {
      const request = http.request(url(`/${BUCKET}/key`), {
        method: 'PUT',
        headers: { expect: '100-continue', 'content-length': 1_000_000 },
      });
      request.once('continue', () => reject(new Error('was invited to send')));
      request.once('response', (response) => resolve(response.statusCode ?? 0));
      request.once('error', reject);
      request.flushHeaders();
    });
    expect(answered).toBe(403);
  });

  it('invites the body of a good request', async () => {
    const headers = signed({ method: 'PUT', path: `/${BUCKET}/invited`, payloadHash: 'UNSIGNED-PAYLOAD' });
    const status = await new Promise((resolve, reject) => {
      const request = http.request(url(`/${BUCKET}/invited`), {
        method: 'PUT',
        headers: { ...headers, expect: '100-continue', 'content-length': 5 },
      });
      request.once('continue', () => request.end('hello'));
      request.once('response', (response) => resolve(response.resume().statusCode));
      request.once('error', reject);
      request.flushHeaders();
    });
    expect(status).toBe(200);
  });

  it('answers a client that cannot be understood and goes on', async () => {
    expect((await send({ method: 'PATCH', path: `/${BUCKET}/key` })).status).toBe(405);
    const raw = await fetch(url('/%ff'), { headers: { authorization: 'nonsense' } });
    expect(raw.status).toBe(400);
    const socket = net.connect(Number(url('/').port), '127.0.0.1');
    socket.end('GET / HTTP/1.1\r\nhost: x\r\nno header\r\n\r\n');
    const text = await new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
    expect(text).toMatch(/^HTTP\/1.1 400/);
    expect(
      (await send({ method: 'POST', path: `/${BUCKET}?delete`, payloadHash: sha256Hex('<Delete/>') }, Buffer.from('<Delete/>')))
        .text,
    ).toContain('MalformedXML');
  });

  it.each(['no boundary', 'no file', 'cut'])('refuses a form with %s and goes on', async (kind) => {
    const boundary = 'edge';
    const field = `--${boundary}\r\ncontent-disposition: form-data; name="key"\r\n\r\nk\r\n`;
    const bodies: Record<string, string> = { 'no boundary': field, 'no file': `${field}--${boundary}--\r\n`, cut: field };
    const type = kind === 'no boundary' ? 'multipart/form-data' : `multipart/form-data; boundary=${boundary}`;
    const answer = await fetch(url(`/${BUCKET}`), {
      method: 'POST',
      headers: { 'content-type': type },
      body: bodies[kind] ?? '',
    });
    expect(answer.status).toBe(400);
  });

  it('reads an object to its end although it is replaced meanwhile', async () => {
    const bytes = noise(8_000_000);
    await running.client.putObject(BUCKET, 'replaced', bytes, bytes.length);
    const stream = await running.client.getObject(BUCKET, 'replaced');
    await running.client.putObject(BUCKET, 'replaced', Buffer.from('new'), 3);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect((await send({ method: 'GET', path: `/${BUCKET}/replaced` })).text).toBe('new');
  });
});
