import { describe, expect, it } from '@jest/globals';
import { cutToMessage } from './message-size.js';

const keyOf = (version: number) => ({ version });
const large = { keyOf, view: (version: number) => `${version}`.repeat(1_500_000) };
const page = { items: [1, 2, 3], total: 9, next: { version: 3 } };

describe('a page that a message can hold', () => {
  it('stays as it is', () => {
    expect(cutToMessage(page, { keyOf, view: String })).toBe(page);
  });
});

describe('a page that no message can hold', () => {
  it('is cut, and the next cursor leads to what was cut off', () => {
    expect(cutToMessage(page, large)).toEqual({ items: [1, 2], total: 9, next: { version: 2 } });
  });

  it('has at least one item', () => {
    const one = cutToMessage(page, { keyOf, view: () => 'x'.repeat(7_000_000) });
    expect(one).toEqual({ items: [1], total: 9, next: { version: 1 } });
  });
});
