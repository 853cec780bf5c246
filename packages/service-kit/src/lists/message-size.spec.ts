import { describe, expect, it } from '@jest/globals';
import { cutToMessage, fitToMessage } from './message-size.js';

const keyOf = (version: number) => ({ version });
const large = { keyOf, view: (version: number) => `${version}`.repeat(2_500_000) };
const page = { items: [1, 2, 3], total: 9, next: { version: 3 } };
const query = { page: 1, page_size: 3 };

describe('a page that a message can hold', () => {
  it('stays as it is', () => {
    expect(fitToMessage(query, page, { keyOf, view: String })).toBe(page);
  });
});

describe('a page that no message can hold', () => {
  it('is cut for who reads by cursor, and the next cursor leads to what was cut off', () => {
    expect(fitToMessage({ ...query, cursor: 'given' }, page, large)).toEqual({ items: [1, 2], total: 9, next: { version: 2 } });
  });

  it('is refused to who asked for a numbered page, with the size that fits', () => {
    expect(() => fitToMessage(query, page, large)).toThrow(
      expect.objectContaining({ code: 'validation_failed', detail: expect.stringContaining('at most 2') }),
    );
  });

  it('has at least one item', () => {
    const one = cutToMessage(page, { keyOf, view: () => 'x'.repeat(7_000_000) });
    expect(one).toEqual({ items: [1], total: 9, next: { version: 1 } });
  });
});
