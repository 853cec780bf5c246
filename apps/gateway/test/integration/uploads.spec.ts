import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKeys } from '@earmark/blob-store';
import { Problem, type RpcAnswer } from '@earmark/contracts';
import { confirmUploads, reserveUploads } from '@earmark/contracts/catalog/rpcs';
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

  /** Answers by idempotency key. */
  const answers = new Map<string, { bodyHash: string; items: RpcAnswer<typeof confirmUploads>['items'] }>();
  let calls = 0;

  beforeAll(() => {
    answer(gateway.connection, reserveUploads, ({ once, files }) => {
      calls += 1;
      const known = once && answers.get(once.key);
      if (known && known.bodyHash !== once.bodyHash) throw new Problem('idempotency_key_reused', 'Another request.');
      if (known) return { replay: known.items, files: [], claimedAt: null };
      for (const { uploadId, filename, sizeBytes, sha256: hash } of files)
        reserved.set(uploadId, { filename, sizeBytes, sha256: hash ?? null, isConfirmed: false });
      const taken = files.map(({ uploadId }) => ({ audioFileId: uploadId, isConfirmed: false }));
      return { replay: null, files: taken, claimedAt: once && 'now' };
    });
    answer(gateway.connection, confirmUploads, ({ datasetId: dataset_id, once, audioFileIds }) => {
      calls += 1;
      const items = audioFileIds.map((id) => {
        const file = reserved.get(id);
        if (file === undefined) throw new Problem('audio_file_not_found', 'There is no such file.');
        file.isConfirmed = true;
        return {
          ...{ id, dataset_id, original_filename: file.filename, content_type: 'audio/wav', size_bytes: file.sizeBytes },
          ...{ sha256: null, sample_rate: null, channels: null, duration_ms: null, processing_status: 'pending' as const },
          ...{ error_code: null, error_message: null, warnings: [], speaker: null, source: null, script: null },
          created_at: '2026-01-02T03:04:05.000Z',
        };
      });
      if (once !== null) answers.set(once.key, { bodyHash: once.bodyHash, items });
      return { items };
    });
  });

  it('takes two calls to catalog, however many files there are', async () => {
    const files = Array.from({ length: 100 }, (_, index): [string, Uint8Array] => [`${index}.wav`, randomBytes(10)]);
    const before = calls;
    expect((await api('POST', path(), { raw: formOf(...files) })).status).toBe(201);
    expect(calls - before).toBe(2);
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
