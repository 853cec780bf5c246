import { describe, expect, it } from '@jest/globals';
import { pageOf, rowsToSkip } from './page.js';
import { creationCursor, toList, toPageRequest, versionCursor } from './cursors.js';

const key = { createdAt: new Date('2026-11-20T10:00:00.123Z'), id: '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0001' };

describe('cursors', () => {
  it('come back as they went', () => {
    expect(creationCursor.decode(creationCursor.encode(key))).toEqual(key);
    expect(versionCursor.decode(versionCursor.encode({ version: 7 }))).toEqual({ version: 7 });
  });

  it('of another list or made up are refused with the place', () => {
    for (const cursor of ['nonsense', 'e30', versionCursor.encode({ version: 7 })]) {
      expect(() => creationCursor.decode(cursor)).toThrow(
        expect.objectContaining({ code: 'validation_failed', errors: [expect.objectContaining({ loc: ['query', 'cursor'] })] }),
      );
    }
  });

  it('win over page numbers', () => {
    const request = toPageRequest({ page: 3, page_size: 10, cursor: creationCursor.encode(key) }, creationCursor);
    expect(rowsToSkip(request)).toBe(0);
    expect(rowsToSkip(toPageRequest({ page: 3, page_size: 10 }, creationCursor))).toBe(20);
  });
});

describe('a page', () => {
  const keyOf = (version: number) => ({ version });

  it('has a next one exactly when there is one row too many', () => {
    expect(pageOf([1, 2, 3], 9, 2, keyOf)).toEqual({ items: [1, 2], total: 9, next: { version: 2 } });
    expect(pageOf([1, 2], 2, 2, keyOf)).toEqual({ items: [1, 2], total: 2, next: null });
    expect(pageOf([], 0, 2, keyOf)).toEqual({ items: [], total: 0, next: null });
  });

  it('becomes the envelope', () => {
    const list = toList({ page: 2, page_size: 2 }, pageOf([1, 2, 3], 9, 2, keyOf), versionCursor, String);
    expect(list).toMatchObject({ items: ['1', '2'], total: 9, page: 2, page_size: 2 });
    expect(versionCursor.decode(list.next_cursor ?? '')).toEqual({ version: 2 });
  });
});
