import { describe, expect, it } from '@jest/globals';
import type { UploadedPart } from '../blob-store.js';
import { blobError, harnessOf, patternBytes, type Subject } from './subject.js';

const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Uploads in parts that clients send by themselves. */
export function multipartUploads(subject: Subject): void {
  const store = () => harnessOf(subject).store;
  const key = (name: string) => `${subject.folder}multipart/${name}`;

  async function send(target: { key: string; uploadId: string }, partNumber: number, bytes: Buffer): Promise<UploadedPart> {
    const url = await store().multipart.presignPart({ ...target, partNumber, expiresInSeconds: 600 });
    const { status, headers } = await harnessOf(subject).http(url, { method: 'PUT', bytes });
    expect(status).toBe(200);
    return { partNumber, etag: (headers['etag'] ?? '').replaceAll('"', '') };
  }

  async function started(name: string): Promise<{ key: string; uploadId: string }> {
    return { key: key(name), uploadId: await store().multipart.start({ key: key(name), contentType: 'audio/flac' }) };
  }

  describe('multipart uploads', () => {
    it('puts the parts together in their order, whatever order they came in', async () => {
      const upload = await started('whole');
      const last = await send(upload, 2, patternBytes(9, 2));
      await send(upload, 1, patternBytes(MIN_PART_BYTES, 3));
      const first = await send(upload, 1, patternBytes(MIN_PART_BYTES, 1)); // sent again: the later one counts
      expect(await store().stat(upload.key)).toBeNull();
      const { etag } = await store().multipart.complete({ ...upload, parts: [first, last] });
      expect(await store().stat(upload.key)).toEqual({ sizeBytes: MIN_PART_BYTES + 9, etag, contentType: 'audio/flac' });
      const stored = await store().getBytes(upload.key, MIN_PART_BYTES + 9);
      expect(stored.equals(Buffer.concat([patternBytes(MIN_PART_BYTES, 1), patternBytes(9, 2)]))).toBe(true);
    });

    it('says changed for a part that is not there as named, and the upload goes on', async () => {
      const upload = await started('misnamed');
      const part = await send(upload, 1, Buffer.from('only'));
      const wrong = [{ partNumber: 1, etag: '0'.repeat(32) }];
      await expect(store().multipart.complete({ ...upload, parts: wrong })).rejects.toMatchObject(blobError('changed'));
      await expect(store().multipart.complete({ ...upload, parts: [part, { ...part, partNumber: 2 }] })).rejects.toMatchObject(
        blobError('changed'),
      );
      await store().multipart.complete({ ...upload, parts: [part] });
      expect((await store().getBytes(upload.key, 10)).toString()).toBe('only');
    });

    it('forgets an aborted upload', async () => {
      const upload = await started('aborted');
      const part = await send(upload, 1, Buffer.from('gone'));
      await store().multipart.abort(upload);
      await store().multipart.abort(upload);
      await expect(store().multipart.complete({ ...upload, parts: [part] })).rejects.toMatchObject(blobError('not_found'));
      const url = await store().multipart.presignPart({ ...upload, partNumber: 1, expiresInSeconds: 600 });
      expect((await harnessOf(subject).http(url, { method: 'PUT', bytes: Buffer.from('x') })).status).toBe(404);
      expect(await store().stat(upload.key)).toBeNull();
    });
  });
}
