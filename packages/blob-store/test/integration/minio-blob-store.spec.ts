import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MinioBlobStore, type MinioBlobStoreOptions, networkHttp } from '../../src/index.js';
import { startEmbedded } from '../embedded-harness.js';

const now = () => new Date();
const type = { contentType: 'audio/wav' };
let options: Omit<MinioBlobStoreOptions, 'now'>;
let dataDir = '';
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ options, dataDir, stop } = await startEmbedded());
  await new MinioBlobStore({ ...options, now }).ensureBucket();
});
afterAll(() => stop());

/** Runs against a server that answers as told. */
async function withServer(answer: http.RequestListener, use: (store: MinioBlobStore) => Promise<void>): Promise<void> {
  const server = http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const store = new MinioBlobStore({ ...options, endpoint, idleTimeoutMs: 300, now });
  try {
    await use(store);
  } finally {
    store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const xmlError =
  (status: number, code: string): http.RequestListener =>
  (request, response) => {
    request.resume();
    response
      .writeHead(status, { 'content-type': 'application/xml' })
      .end(`<Error><Code>${code}</Code><Message>m</Message></Error>`);
  };

describe('MinioBlobStore', () => {
  it('copies a large object in parts, each guarded by its ETag', async () => {
    const store = new MinioBlobStore({ ...options, maxSingleCopyBytes: 5 * 1024 * 1024, now });
    const bytes = Buffer.alloc(12 * 1024 * 1024, 'earmark');
    const { etag } = await store.put('t/large ż', bytes, type);
    const copied = await store.copy('t/large ż', 't/copy', { ifMatchEtag: etag });
    expect(copied.etag).toMatch(/-3$/);
    expect(await store.stat('t/copy')).toEqual({ sizeBytes: bytes.length, etag: copied.etag, contentType: 'audio/wav' });
    expect((await store.getBytes('t/copy', bytes.length)).equals(bytes)).toBe(true);
    await expect(store.copy('t/large ż', 't/never', { ifMatchEtag: 'other' })).rejects.toMatchObject({ code: 'changed' });
    store.close();
  });

  it('leaves no parts behind when a long source fails', async () => {
    const store = new MinioBlobStore({ ...options, now });
    const before = await fs.readdir(dataDir);
    const source = Readable.from(
      (function* () {
        for (let block = 0; block < 40; block += 1) yield Buffer.alloc(1024 * 1024, block);
        throw new Error('the microphone fell');
      })(),
    );
    await expect(store.put('t/failed', source, type)).rejects.toThrow('the microphone fell');
    expect(await fs.readdir(dataDir)).toEqual(before);
    store.close();
  });

  it('signs permissions for the name that clients use', async () => {
    const publicEndpoint = options.endpoint.replace('127.0.0.1', 'localhost');
    const store = new MinioBlobStore({ ...options, publicEndpoint, now });
    const request = { key: 't/public', expiresInSeconds: 60 };
    const form = await store.presignPost({ ...request, maxBytes: 100 });
    const urls = [form.url, await store.presignPut({ ...request, sizeBytes: 1 }), await store.presignGet(request)];
    expect(urls.every((url) => url.startsWith(`${publicEndpoint}/`))).toBe(true);
    expect((await networkHttp(form.url, { method: 'POST', fields: form.fields, file: Buffer.from('x') })).status).toBe(204);
    expect((await networkHttp(urls[2] ?? '', { method: 'GET' })).status).toBe(200);
    const carried = (urls[2] ?? '').replace('localhost', '127.0.0.1'); // the signature covers the host
    expect((await networkHttp(carried, { method: 'GET' })).status).toBe(403);
    store.close();
  });

  it('tells wrong keys from a missing object', async () => {
    const stranger = new MinioBlobStore({ ...options, secretKey: 'guessed-wrong', now });
    await expect(stranger.getBytes('t/any', 10)).rejects.toMatchObject({ code: 'denied', retryable: false });
    await expect(stranger.stat('t/any')).rejects.toMatchObject({ code: 'denied' });
    stranger.close();
  });

  it('says unavailable when nobody listens', async () => {
    const store = new MinioBlobStore({ ...options, endpoint: 'http://127.0.0.1:1', now });
    await expect(store.put('t/a', Buffer.from('x'), type)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
    await expect(store.ensureBucket()).rejects.toMatchObject({ code: 'unavailable' });
    await expect(async () => {
      for await (const item of store.list('t/')) expect(item).toBeUndefined();
    }).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    [500, 'InternalError', 'unavailable'],
    [503, 'SlowDown', 'unavailable'],
    [507, 'XMinioStorageFull', 'full'],
    [400, 'EntityTooLarge', 'too_large'],
  ])('reads %i %s as %s', async (status, vendorCode, code) => {
    await withServer(xmlError(status, vendorCode), async (store) => {
      await expect(store.put('t/a', Buffer.from('x'), type)).rejects.toMatchObject({ code });
    });
  });

  it('gives up on a server that says nothing, before or in the middle of an answer', async () => {
    const silent: http.RequestListener = (request) => request.resume();
    await withServer(silent, async (store) => {
      await expect(store.stat('t/a')).rejects.toMatchObject({ code: 'unavailable' });
    });
    const stuck: http.RequestListener = (_, response) => response.writeHead(200, { 'content-length': 10 }).write('half');
    await withServer(stuck, async (store) => {
      await expect(store.getBytes('t/a', 10)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  it('does not take a cut download for a whole one', async () => {
    const cut: http.RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('half', () => response.destroy());
    };
    await withServer(cut, async (store) => {
      await expect(store.getBytes('t/a', 10)).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  it('sends a request again when its idle connection had died', async () => {
    const { sockets, answer } = oneRequestPerConnection();
    await withServer(answer, async (store) => {
      await store.put('t/a', Buffer.from('one'), type);
      await store.put('t/a', Buffer.from('two'), type);
      expect(sockets.size).toBeGreaterThan(1);
    });
  });

  it('refuses an endpoint that is no plain address', () => {
    expect(() => new MinioBlobStore({ ...options, endpoint: 'http://host/path', now })).toThrow(RangeError);
    expect(() => new MinioBlobStore({ ...options, publicEndpoint: 'ftp://host', now })).toThrow(RangeError);
  });
});

/** Answers the first request of a connection and cuts the second one off without a word, as a restarted server does. */
function oneRequestPerConnection() {
  const sockets = new Set<unknown>();
  const answer: http.RequestListener = (request, response) => {
    if (sockets.has(request.socket)) return void request.socket.destroy();
    sockets.add(request.socket);
    request.resume().once('end', () => response.writeHead(200, { etag: '"e"', 'content-length': 0 }).end());
  };
  return { sockets, answer };
}
