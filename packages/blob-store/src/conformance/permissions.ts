import { describe, expect, it } from '@jest/globals';
import type { PresignedPost } from '../blob-store.js';
import { harnessOf, patternBytes, type Subject } from './subject.js';

const expiresInSeconds = 600;

/** What clients may do without credentials. */
export function permissions(subject: Subject): void {
  const store = () => harnessOf(subject).store;
  const key = (name: string) => `${subject.folder}permissions/${name}`;
  const post = ({ url, fields }: PresignedPost, file: Uint8Array, edited: Record<string, string> = {}) =>
    harnessOf(subject).http(url, { method: 'POST', fields: { ...fields, ...edited }, file });

  describe('presigned POST', () => {
    const request = (name: string) => ({ key: key(name), contentType: 'audio/wav', maxBytes: 1000, expiresInSeconds });

    it('takes the form and the file, answers 204, and stores under exactly the key', async () => {
      const form = await store().presignPost(request('post ż.wav'));
      expect((await post(form, patternBytes(1000))).status).toBe(204);
      expect(await store().stat(key('post ż.wav'))).toMatchObject({ sizeBytes: 1000, contentType: 'audio/wav' });
      expect(await store().getBytes(key('post ż.wav'), 1000)).toEqual(patternBytes(1000));
    });

    it('needs no content type', async () => {
      const form = await store().presignPost({ key: key('typeless'), maxBytes: 10, expiresInSeconds });
      expect((await post(form, Buffer.from('x'))).status).toBe(204);
    });

    it.each([
      ['too long', 1001, {}],
      ['far too long', 3_000_000, {}],
      ['empty', 0, {}],
      ['for another key', 5, { key: 'stolen' }],
      ['of another type', 5, { 'Content-Type': 'text/html' }],
      ['with more fields', 5, { acl: 'public-read' }],
    ])('refuses a file that is %s', async (name, sizeBytes, edited) => {
      const form = await store().presignPost(request(name));
      const { status } = await post(form, patternBytes(sizeBytes), edited);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(await store().stat(key(name))).toBeNull();
      expect(await store().stat('stolen')).toBeNull();
    });

    it('ends', async () => {
      const form = await harnessOf(subject).lateStore.presignPost(request('late'));
      expect((await post(form, Buffer.from('x'))).status).toBe(403);
      expect(await store().stat(key('late'))).toBeNull();
    });
  });

  describe('presigned PUT and GET', () => {
    it('takes the object by PUT and gives it by GET', async () => {
      const { http } = harnessOf(subject);
      const put = await http(await store().presignPut({ key: key('put (1).bin'), sizeBytes: 70_000, expiresInSeconds }), {
        method: 'PUT',
        bytes: patternBytes(70_000),
      });
      expect(put.status).toBe(200);
      const got = await http(await store().presignGet({ key: key('put (1).bin'), expiresInSeconds }), { method: 'GET' });
      expect(got.status).toBe(200);
      expect(got.bytes).toEqual(patternBytes(70_000));
    });

    it.each([0, 69_999, 70_001, 200_000])('refuses to PUT %i bytes where 70,000 were agreed', async (sentBytes) => {
      const url = await store().presignPut({ key: key('sized.bin'), sizeBytes: 70_000, expiresInSeconds });
      const put = await harnessOf(subject).http(url, { method: 'PUT', bytes: patternBytes(sentBytes) });
      expect(put.status).toBe(403);
      expect(await store().stat(key('sized.bin'))).toBeNull();
    });

    it.each(['plain.wav', 'quote"(1)\'!*;.wav', 'żółw 😀.wav', '100%.wav'])('names a download %s', async (downloadFilename) => {
      await store().put(key('download'), Buffer.from('x'), { contentType: 'audio/wav' });
      const url = await store().presignGet({ key: key('download'), expiresInSeconds, downloadFilename });
      const { status, headers } = await harnessOf(subject).http(url, { method: 'GET' });
      expect(status).toBe(200);
      const [, encoded = ''] =
        /^attachment; filename="[^"]*"; filename\*=UTF-8''(\S+)$/.exec(headers['content-disposition'] ?? '') ?? [];
      expect(decodeURIComponent(encoded)).toBe(downloadFilename);
    });

    it('refuses an edited, a misused and an ended permission', async () => {
      const { http, lateStore } = harnessOf(subject);
      await store().put(key('secret'), Buffer.from('x'), { contentType: 'audio/wav' });
      await store().put(key('secreu'), Buffer.from('x'), { contentType: 'audio/wav' });
      const url = await store().presignGet({ key: key('secret'), expiresInSeconds });
      expect((await http(url.replace('secret', 'secreu'), { method: 'GET' })).status).toBe(403);
      expect((await http(url, { method: 'PUT', bytes: Buffer.from('mine') })).status).toBe(403);
      const late = await lateStore.presignGet({ key: key('secret'), expiresInSeconds });
      expect((await http(late, { method: 'GET' })).status).toBe(403);
    });

    it('answers 404 for an object that is not there', async () => {
      const url = await store().presignGet({ key: key('absent'), expiresInSeconds });
      expect((await harnessOf(subject).http(url, { method: 'GET' })).status).toBe(404);
    });
  });
}
