import { describe, expect, it } from '@jest/globals';
import { checkRead, checkWrite, parseRange } from './conditions.js';

const object = { key: 'k', etag: 'abc', sizeBytes: 10, modifiedMs: 0, headers: {}, segments: [] };
const none = { ifMatch: '', ifNoneMatch: '' };
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('parseRange', () => {
  it.each([
    ['', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['bytes=5-4', undefined],
    ['items=0-1', undefined],
    ['bytes=0-0', { startByte: 0, endByte: 1 }],
    ['bytes=3-', { startByte: 3, endByte: 10 }],
    ['bytes=3-99', { startByte: 3, endByte: 10 }],
    ['bytes=-4', { startByte: 6, endByte: 10 }],
    ['bytes=-99', { startByte: 0, endByte: 10 }],
  ])('reads %s of ten bytes', (header, span) => {
    expect(parseRange(header, 10)).toEqual(span);
  });

  it.each(['bytes=10-', 'bytes=11-12', 'bytes=-0'])('refuses %s of ten bytes', (header) => {
    expect(() => parseRange(header, 10)).toThrow(code('InvalidRange'));
  });
});

describe('conditions', () => {
  it('lets writers demand what is there', () => {
    expect(() => checkWrite({ ...none, ifNoneMatch: '*' }, object)).toThrow(code('PreconditionFailed'));
    expect(() => checkWrite({ ...none, ifNoneMatch: '*' }, undefined)).not.toThrow();
    expect(() => checkWrite({ ...none, ifMatch: '"abc"' }, object)).not.toThrow();
    expect(() => checkWrite({ ...none, ifMatch: '"xyz", "abd"' }, object)).toThrow(code('PreconditionFailed'));
    expect(() => checkWrite({ ...none, ifMatch: '"abc"' }, undefined)).toThrow(code('NoSuchKey'));
  });

  it('lets readers spare what they have', () => {
    expect(() => checkRead({ ...none, ifNoneMatch: '"xyz", "abc"' }, object)).toThrow(code('NotModified'));
    expect(() => checkRead({ ...none, ifMatch: '"xyz"' }, object)).toThrow(code('PreconditionFailed'));
    expect(() => checkRead({ ifMatch: '*', ifNoneMatch: '"xyz"' }, object)).not.toThrow();
  });
});
