import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import fc from 'fast-check';
import { parseJsonBody, requireStorable } from './json-body.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('no problem was thrown');
};

describe('a JSON body', () => {
  it('is what JSON.parse says', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!text.includes('__proto__') && !text.includes('\\u0000'));
        fc.pre(!/\p{Surrogate}|\\ud[89a-f]/iu.test(text));
        expect(parseJsonBody(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['half a document', bytes('{"a":')],
    ['no document', bytes('')],
    ['a byte order mark in the middle', bytes('{\ufeff}')],
    ['NaN', bytes('{"a":NaN}')],
    ['broken UTF-8', Uint8Array.from([0x22, 0xff, 0x22])],
    ['Latin-1', Uint8Array.from([0x22, 0xe9, 0x22])],
    ['__proto__', bytes('{"a":[{"__proto__":{"admin":true}}]}')],
    ['an escaped __proto__', bytes('{"\\u005f_proto__":1}')],
    ['a tower', bytes('['.repeat(100_000) + ']'.repeat(100_000))],
    ['a tower of objects', bytes('{"a":'.repeat(100) + '1' + '}'.repeat(100))],
  ])('is malformed: %s', (_name, body) => {
    expect(problemOf(() => parseJsonBody(body)).code).toBe('malformed_request');
  });

  it.each([
    ['NUL', '{"a":{"b":["x\\u0000"]}}', ['body', 'a', 'b', 0]],
    ['a lone surrogate', '{"a":"\\ud800"}', ['body', 'a']],
    ['NUL in a key', '{"a":{"\\u0000":1}}', ['body', 'a']],
  ])('names the place of text that cannot be stored: %s', (_name, text, loc) => {
    const problem = problemOf(() => parseJsonBody(bytes(text)));
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map((error) => error.loc)).toEqual([loc]);
  });

  it('keeps good Unicode', () => {
    expect(parseJsonBody(bytes('"\\ud83d\\ude00 ü"'))).toBe('😀 ü');
    expect(problemOf(() => requireStorable({ cursor: '\u0000' }, 'query')).errors[0]?.loc).toEqual(['query', 'cursor']);
  });
});
