import { describe, expect, it } from '@jest/globals';
import { spanOf } from './byte-range.js';

describe('the part a Range header asks for', () => {
  it.each([
    ['bytes=0-3', { startByte: 0, endByte: 4 }],
    ['bytes=4-', { startByte: 4, endByte: 10 }],
    ['bytes=-3', { startByte: 7, endByte: 10 }],
    ['bytes=-30', { startByte: 0, endByte: 10 }],
    ['bytes=8-99', { startByte: 8, endByte: 10 }],
    ['bytes=10-', 'outside'],
    ['bytes=-0', 'outside'],
    ['bytes=5-2', null],
    ['bytes=0-1,4-5', null],
    ['items=0-1', null],
    ['bytes=-', null],
    ['bytes=9999999999999999999-', null],
    [undefined, null],
  ])('%s of 10 bytes', (header, span) => {
    expect(spanOf(header, 10)).toEqual(span);
  });
});
