import { describe, expect, it } from '@jest/globals';
import { harnessOf, type Subject } from './subject.js';

const options = { contentType: 'text/plain' };
const MORE_THAN_A_PAGE = 1005;

/** Folders of objects. */
export function listingAndRemoval(subject: Subject): void {
  const store = () => harnessOf(subject).store;
  const folder = (name: string) => `${subject.folder}${name}/`;
  const keysBelow = async (prefix: string) => {
    const keys: string[] = [];
    for await (const { key } of store().list(prefix)) keys.push(key);
    return keys;
  };
  const putAll = async (keys: readonly string[]) => {
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => store().put(key, Buffer.from('x'), options)));
    }
  };

  describe('listing and removal', () => {
    it('lists in the order of UTF-8 bytes, with size and ETag', async () => {
      // 😀 sorts before ￮ in UTF-16 and behind it in UTF-8.
      const names = ['B', 'a', 'a b', 'a+b', 'a/b', 'ż', '\uffee', '\u{1f600}'].map((name) => folder('order') + name);
      await putAll([...names].reverse());
      const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await keysBelow(folder('order'))).toEqual(sorted);
      const stat = await store().put(`${folder('facts')}one`, Buffer.from('four'), options);
      for await (const item of store().list(folder('facts'))) {
        const expected = { key: `${folder('facts')}one`, sizeBytes: 4, etag: stat.etag, modifiedAt: expect.any(Date) };
        expect(item).toEqual(expected);
      }
    });

    it('lists and removes more than a page, and nothing beside the folder', async () => {
      const names = Array.from({ length: MORE_THAN_A_PAGE }, (_, index) => `${folder('many')}${String(index).padStart(5, '0')}`);
      const neighbours = [`${subject.folder}many-more`, `${subject.folder}many0/x`, `${subject.folder}man/x`];
      await putAll([...names, ...neighbours]);
      expect(await keysBelow(folder('many'))).toEqual(names);
      expect(await store().removePrefix(folder('many'))).toBe(MORE_THAN_A_PAGE);
      expect(await keysBelow(folder('many'))).toEqual([]);
      expect(await keysBelow(`${subject.folder}man`)).toEqual([...neighbours].sort());
    });

    it('refuses to remove by a prefix that is no folder', async () => {
      await expect(store().removePrefix(`${subject.folder}many`)).rejects.toThrow(RangeError);
      await expect(store().removePrefix('')).rejects.toThrow(RangeError);
    });

    it('removes what is named and takes absent keys in its stride', async () => {
      const [first, second, kept] = ['one & only', 'two', 'kept'].map((name) => folder('removal') + name) as [
        string,
        string,
        string,
      ];
      await putAll([first, second, kept]);
      await store().remove([first, `${folder('removal')}absent`, second]);
      await store().remove([first]);
      await store().remove([]);
      expect(await keysBelow(folder('removal'))).toEqual([kept]);
    });

    it('creates its bucket once, however many ask', async () => {
      await Promise.all([store().ensureBucket(), store().ensureBucket(), store().ensureBucket()]);
      expect(await store().stat(`${folder('removal')}kept`)).not.toBeNull();
    });
  });
}
