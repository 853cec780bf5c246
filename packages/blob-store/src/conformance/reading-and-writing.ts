import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { blobError, drain, harnessOf, patternBytes, type Subject } from './subject.js';

const MIB = 1024 * 1024;
const options = { contentType: 'audio/wav' };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function* chunksOf(bytes: Buffer, chunkBytes: number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

function* failingAfter(bytes: Buffer): Generator<Buffer> {
  yield* chunksOf(bytes, MIB);
  throw new Error('the microphone fell');
}

/** Bytes in, the same bytes out. */
export function readingAndWriting(subject: Subject): void {
  const store = () => harnessOf(subject).store;
  const key = (name: string) => `${subject.folder}rw/${name}`;

  describe('reading and writing', () => {
    it('answers what was stored, with its type and a stable ETag', async () => {
      const written = await store().put(key('a'), Buffer.from('hello'), options);
      expect(written).toEqual({ sizeBytes: 5, etag: expect.stringMatching(/^[^"]+$/), contentType: 'audio/wav' });
      expect(await store().stat(key('a'))).toEqual(written);
      expect((await drain(await store().get(key('a')))).toString()).toBe('hello');
    });

    it('stores nothing as an object of length 0', async () => {
      await store().put(key('empty'), new Uint8Array(0), options);
      expect(await store().stat(key('empty'))).toMatchObject({ sizeBytes: 0 });
      expect(await store().getBytes(key('empty'), 0)).toHaveLength(0);
    });

    it('replaces an object, and its ETag with it', async () => {
      const first = await store().put(key('replaced'), Buffer.from('one'), options);
      const second = await store().put(key('replaced'), Buffer.from('two'), { contentType: 'text/plain' });
      expect(second.etag).not.toBe(first.etag);
      expect((await store().getBytes(key('replaced'), 100)).toString()).toBe('two');
      expect(await store().stat(key('replaced'))).toEqual(second);
    });

    it('stores a stream of unknown length over several parts, and reads across their borders', async () => {
      const bytes = patternBytes(33 * MIB + 7);
      const written = await store().put(key('long'), Readable.from(chunksOf(bytes, 100_003)), options);
      expect(written).toMatchObject({ sizeBytes: bytes.length, contentType: 'audio/wav' });
      expect(await store().stat(key('long'))).toEqual(written);
      expect(sha256(await drain(await store().get(key('long'))))).toBe(sha256(bytes));
      const range = { startByte: 16 * MIB - 5, endByte: 32 * MIB + 5 };
      const middle = await drain(await store().get(key('long'), { range }));
      expect(sha256(middle)).toBe(sha256(bytes.subarray(range.startByte, range.endByte)));
    });

    it('lets two long streams to one key end with one of the two, whole', async () => {
      const bytes = [patternBytes(17 * MIB, 1), patternBytes(17 * MIB, 2)];
      await Promise.all(bytes.map((content) => store().put(key('race'), Readable.from(chunksOf(content, MIB)), options)));
      const stored = await store().getBytes(key('race'), 18 * MIB);
      expect(bytes.map(sha256)).toContain(sha256(stored));
    });

    it.each([3, MIB * 17])('stores nothing when a source of %i bytes fails at its end', async (sizeBytes) => {
      const source = Readable.from(failingAfter(patternBytes(sizeBytes)));
      await expect(store().put(key('failed'), source, options)).rejects.toThrow('the microphone fell');
      expect(await store().stat(key('failed'))).toBeNull();
    });

    it.each([4, 6])('refuses a stream of 5 bytes announced as %i', async (sizeBytes) => {
      const source = Readable.from([Buffer.from('hello')]);
      await expect(store().put(key('misannounced'), source, { ...options, sizeBytes })).rejects.toMatchObject(
        blobError('changed'),
      );
      expect(await store().stat(key('misannounced'))).toBeNull();
    });

    it('reads half-open ranges, clipped at the end of the object', async () => {
      await store().put(key('range'), Buffer.from('0123456789'), options);
      const read = async (startByte: number, endByte?: number) =>
        (
          await drain(await store().get(key('range'), { range: endByte === undefined ? { startByte } : { startByte, endByte } }))
        ).toString();
      expect(await read(0, 3)).toBe('012');
      expect(await read(9, 10)).toBe('9');
      expect(await read(7)).toBe('789');
      expect(await read(8, 99)).toBe('89');
      await expect(store().get(key('range'), { range: { startByte: 10 } })).rejects.toThrow(RangeError);
      await expect(store().get(key('range'), { range: { startByte: 4, endByte: 4 } })).rejects.toThrow(RangeError);
    });

    it('says not_found for what is not there', async () => {
      expect(await store().stat(key('absent'))).toBeNull();
      await expect(store().get(key('absent'))).rejects.toMatchObject(blobError('not_found'));
      await expect(store().getBytes(key('absent'), 1)).rejects.toMatchObject(blobError('not_found'));
    });

    it('refuses to read more into memory than allowed', async () => {
      await store().put(key('six'), Buffer.from('sixsix'), options);
      expect(await store().getBytes(key('six'), 6)).toHaveLength(6);
      await expect(store().getBytes(key('six'), 5)).rejects.toMatchObject(blobError('too_large'));
    });

    it.each(['ż ó+&%25.wav', 'quotes\'"(1)!*.wav', 'a=b?c#d', 'dots/../x'])('takes the key %s as it is', async (name) => {
      await store().put(key(`odd/${name}`), Buffer.from(name), options);
      expect((await store().getBytes(key(`odd/${name}`), 100)).toString()).toBe(name);
    });
  });
}
