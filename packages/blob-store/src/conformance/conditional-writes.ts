import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { blobError, harnessOf, patternBytes, type Subject } from './subject.js';

const options = { contentType: 'audio/wav' };

/** Writes that happen only when storage is as the caller thinks. */
export function conditionalWrites(subject: Subject): void {
  const store = () => harnessOf(subject).store;
  const key = (name: string) => `${subject.folder}conditional/${name}`;

  describe('putIfAbsent', () => {
    it('stores once and leaves the first bytes alone', async () => {
      expect(await store().putIfAbsent(key('once'), Buffer.from('first'), options)).toBe(true);
      expect(await store().putIfAbsent(key('once'), Buffer.from('second'), options)).toBe(false);
      expect((await store().getBytes(key('once'), 100)).toString()).toBe('first');
    });

    it('lets exactly one of many writers win', async () => {
      const writers = Array.from({ length: 8 }, (_, index) => Buffer.from(`writer ${index}`));
      const won = await Promise.all(writers.map((bytes) => store().putIfAbsent(key('race'), bytes, options)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store().getBytes(key('race'), 100)).toEqual(writers[won.indexOf(true)]);
    });

    it('holds for content of several parts', async () => {
      const long = (seed: number) => Readable.from([patternBytes(17 * 1024 * 1024, seed)]);
      expect(await store().putIfAbsent(key('long'), long(1), options)).toBe(true);
      const first = await store().stat(key('long'));
      expect(await store().putIfAbsent(key('long'), long(2), options)).toBe(false);
      expect(await store().stat(key('long'))).toEqual(first);
    });
  });

  describe('copy', () => {
    it('copies bytes and type, independent of the source from then on', async () => {
      const { etag } = await store().put(key('source'), Buffer.from('bytes'), options);
      const copied = await store().copy(key('source'), key('copy ż'), { ifMatchEtag: etag });
      await store().put(key('source'), Buffer.from('other'), options);
      await store().remove([key('source')]);
      expect((await store().getBytes(key('copy ż'), 100)).toString()).toBe('bytes');
      expect(await store().stat(key('copy ż'))).toEqual({ sizeBytes: 5, etag: copied.etag, contentType: 'audio/wav' });
    });

    it('says changed when the source is not what was read', async () => {
      const { etag } = await store().put(key('edited'), Buffer.from('checked'), options);
      await store().put(key('edited'), Buffer.from('swapped'), options);
      await expect(store().copy(key('edited'), key('never'), { ifMatchEtag: etag })).rejects.toMatchObject(blobError('changed'));
      expect(await store().stat(key('never'))).toBeNull();
    });

    it('says not_found when the source is gone', async () => {
      await expect(store().copy(key('gone'), key('never'), { ifMatchEtag: 'x' })).rejects.toMatchObject(blobError('not_found'));
    });
  });
}
