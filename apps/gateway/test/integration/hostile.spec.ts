import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogRoutes } from '@earmark/contracts/catalog/routes';
import { answer } from '@earmark/messaging';
import { apiOf, problem, type Api } from '../support/api.js';
import { StandInCatalog } from '../support/datasets.js';
import { runGateway, type RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
let key: string;
let api: Api;
let datasetId: string;
beforeAll(async () => {
  gateway = await runGateway();
  const organisation = await gateway.organisation();
  key = organisation.key;
  api = apiOf(gateway.url, key);
  datasetId = new StandInCatalog(gateway.connection).add(organisation.tenantId);
});
afterAll(async () => {
  const alive = await api('GET', '/datasets');
  await gateway.stop();
  expect(alive.status).toBe(200);
});

const json = { 'Content-Type': 'application/json' };
const post = (raw: NonNullable<RequestInit['body']>, headers: Record<string, string> = json) =>
  api('POST', '/datasets', { raw, headers });

/** Sends bytes as they are and answers everything the server says until it closes. */
function say(...parts: string[]): Promise<string> {
  const { hostname, port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(Number(port), hostname, () => parts.forEach((part) => socket.write(part)));
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (heard.includes('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(heard));
    socket.on('error', (error) => (heard === '' ? reject(error) : resolve(heard)));
  });
}

describe('bodies', () => {
  it.each([
    ['half a document', '{"name":'],
    ['a tower', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['a tower of objects', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
    ['__proto__', '{"__proto__":{"scopes":["admin"]},"name":"x","artifact_types":[{"name":"a"}]}'],
    ['NaN', '{"name":NaN}'],
  ])('are malformed: %s', async (_name, text) => {
    expect(problem(await post(text))).toBe('400 malformed_request');
  });

  it.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '1e999'],
    ['wrong types', '{"name":{"$gt":""},"artifact_types":"glitch"}'],
    ['nothing', ''],
    ['constructor', '{"constructor":{"prototype":{"x":1}}}'],
    ['NUL', '{"name":"a\\u0000b","artifact_types":[{"name":"a"}]}'],
    ['half a surrogate pair', '{"name":"\\ud800","artifact_types":[{"name":"a"}]}'],
    ['a name of 100,000 characters', JSON.stringify({ name: 'x'.repeat(100_000), artifact_types: [{ name: 'a' }] })],
  ])('are not valid: %s', async (_name, text) => {
    const refused = await post(text);
    expect(problem(refused)).toBe('422 validation_failed');
    expect(refused.body['errors']).not.toEqual([]);
    expect(refused.body['detail']).toMatch(/^\S.+/);
  });

  it('take the last of double keys', async () => {
    expect((await post('{"name":"a","name":"b","artifact_types":[{"name":"a"}]}')).body).toMatchObject({ name: 'b' });
  });

  it('must be UTF-8 JSON', async () => {
    expect(problem(await post(Uint8Array.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])))).toBe('400 malformed_request');
    expect(problem(await post('{}', { 'Content-Type': 'text/plain' }))).toBe('415 unsupported_media_type');
    expect(problem(await post('{}', { ...json, 'Content-Encoding': 'gzip' }))).toBe('415 unsupported_media_type');
  });

  it('have a limit, announced or not', async () => {
    const big = JSON.stringify({ name: 'x'.repeat(2 * 1024 ** 2) });
    expect(problem(await post(big))).toBe('413 body_too_large');
    const chunks = new ReadableStream({
      start: (controller) => {
        for (let index = 0; index < 40; index += 1) controller.enqueue(Buffer.alloc(65_536, 32));
        controller.close();
      },
    });
    const response = await fetch(`${gateway.url}/api/v1/datasets`, {
      method: 'POST',
      headers: { ...json, 'X-API-Key': key },
      body: chunks,
      duplex: 'half',
    });
    expect(response.status).toBe(413);
  });

  it('of a bulk route may have 4 MiB, and 10,000 bad rows are each named', async () => {
    const path = `/datasets/${datasetId}/annotation-sets/${datasetId}/annotations/bulk`;
    const responder = answer(gateway.connection, catalogRoutes.createAnnotationsInBulk, ({ body }) => ({
      body: { created: body.annotations.length, annotations: [] },
    }));
    const row = {
      audio_file_id: datasetId,
      artifact_type: 'glitch',
      start_ms: 1,
      end_ms: 2,
      extra_data: { note: 'x'.repeat(200) },
    };
    const good = await api('POST', path, { json: { annotations: Array(10_000).fill(row) } });
    expect([good.status, good.body['created']]).toEqual([201, 10_000]);
    const bad = await api('POST', path, { json: { annotations: Array(10_000).fill({ ...row, end_ms: 0, extra_data: {} }) } });
    expect(bad.status).toBe(422);
    expect(bad.body['errors']).toHaveLength(10_000);
    expect((bad.body['errors'] as { loc: unknown }[])[9_999]?.loc).toEqual(['body', 'annotations', 9_999, 'end_ms']);
    await responder.stop();
  });

  it('that grow when they are written again are refused before they meet NATS', async () => {
    const path = `/datasets/${datasetId}/annotation-sets/${datasetId}/annotations/bulk`;
    const refused = await api('POST', path, { raw: `{"annotations":[],"x":[${'1e20,'.repeat(800_000)}1]}`, headers: json });
    expect(problem(refused)).toBe('413 body_too_large');
  });
});

describe('addresses', () => {
  it.each([
    '/datasets/%zz',
    '/datasets/..%2f..%2fetc',
    '/%00',
    '/datasets/constructor',
    '/__proto__',
    `/datasets/${'x'.repeat(4_000)}`,
  ])('%s is 404', async (path) => {
    expect((await api('GET', path)).status).toBe(404);
  });

  it('have queries that are read and checked', async () => {
    expect(problem(await api('GET', '/datasets?cursor=%00'))).toBe('422 validation_failed');
    expect(problem(await api('GET', '/datasets?page=abc'))).toBe('422 validation_failed');
    expect(problem(await api('GET', '/datasets?__proto__=1'))).toBe('400 malformed_request');
    expect(problem(await api('GET', '/datasets?page=%'))).toBe('422 validation_failed');
    expect((await api('GET', '/datasets?constructor=1&page=1&page=2')).body).toMatchObject({ page: 2 });
  });
});

describe('on the wire', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', '400'],
    ['a control character in a header', 'GET /api/v1/datasets HTTP/1.1\r\nHost: x\r\nX-API-Key: a\u0001b\r\n\r\n', '400'],
    ['two lengths', 'POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', '400'],
    ['a length that is none', 'POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', '400'],
    ['no host', 'GET /api/v1/datasets HTTP/1.1\r\n\r\n', '400'],
    ['headers of 20 KiB', `GET /api/v1/datasets HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['an absolute address', 'GET http://evil/api/v1/datasets HTTP/1.1\r\nHost: x\r\n\r\n', '404'],
    ['an address without slash', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', '404'],
    ['two slashes', 'GET //api/v1/datasets HTTP/1.1\r\nHost: x\r\n\r\n', '404'],
  ])('%s is answered', async (_name, text, status) => {
    expect(await say(text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('never shows a stack or a vendor', async () => {
    const heard = await Promise.all([say('hello\r\n\r\n'), say('GET /api/v1/x HTTP/1.1\r\nHost: x\r\n\r\n')]);
    for (const text of heard) expect(text).not.toMatch(/express|node_modules|at \w+ \(/i);
    expect(heard[0]).toContain('application/problem+json');
  });

  it('a client that goes in the middle leaves nothing behind', async () => {
    const { hostname, port } = new URL(gateway.url);
    const head = `POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    await Promise.all(
      Array.from(
        { length: 20 },
        () =>
          new Promise<void>((resolve) => {
            const socket = connect(Number(port), hostname, () => socket.write(head, () => socket.destroy()));
            socket.on('close', () => resolve());
          }),
      ),
    );
    expect((await api('GET', '/datasets')).status).toBe(200);
  });
});
