import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareKeys, SortedKeys } from './key-order.js';

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const key = fc.string({ unit: 'grapheme', maxLength: 6 });

describe('compareKeys', () => {
  it('orders as the UTF-8 bytes do', () => {
    fc.assert(fc.property(key, key, (a, b) => expect(Math.sign(compareKeys(a, b))).toBe(byBytes(a, b))));
    expect(compareKeys('\uffee', '\u{1f600}')).toBeLessThan(0);
  });
});

describe('SortedKeys', () => {
  it('is a sorted map after any changes, made before or after the first listing', () => {
    const change = fc.record({ key, remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change), fc.array(change), (before, after) => {
        const keys = new SortedKeys<number>();
        const model = new Map<string, number>();
        const apply = (changes: typeof before) => {
          for (const [index, { key: name, remove }] of changes.entries()) {
            if (remove) keys.delete(name);
            else keys.set(name, index);
            if (remove) model.delete(name);
            else model.set(name, index);
          }
        };
        apply(before);
        keys.keyAt(0);
        apply(after);
        const listed = Array.from({ length: keys.size }, (_, index) => keys.keyAt(index));
        expect(listed).toEqual([...model.keys()].sort(byBytes));
        expect(listed.map((name) => keys.get(name ?? ''))).toEqual(listed.map((name) => model.get(name ?? '')));
      }),
    );
  });
});
