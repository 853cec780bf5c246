import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeScores, encodeScores } from './score-codec.js';

const scores = fc
  .record({
    frames: fc.integer({ min: 0, max: 40 }),
    types: fc.integer({ min: 1, max: 4 }),
    chunks: fc.integer({ min: 0, max: 9 }),
  })
  .chain(({ frames, types, chunks }) => {
    const unit = fc.float({ min: 0, max: 1, noNaN: true });
    const row = (count: number) =>
      fc.array(unit, { minLength: count, maxLength: count }).map((values) => Float32Array.from(values));
    return fc.record({
      frameCount: fc.constant(frames),
      typeCount: fc.constant(types),
      chunkScores: row(chunks * types),
      frameScores: row(frames * types),
    });
  });

describe('stored scores', () => {
  it('come back within half a level, and exactly the second time', () => {
    fc.assert(
      fc.property(scores, (given) => {
        const once = decodeScores(encodeScores(given));
        given.chunkScores.forEach((score, i) =>
          expect(Math.abs(score - (once.chunkScores[i] ?? -1))).toBeLessThan(0.5001 / 65_535),
        );
        given.frameScores.forEach((score, i) => expect(Math.abs(score - (once.frameScores[i] ?? -1))).toBeLessThan(0.5001 / 255));
        expect(decodeScores(encodeScores(once))).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });

  it('that are cut short or foreign are refused', () => {
    const bytes = encodeScores({
      frameCount: 2,
      typeCount: 1,
      chunkScores: new Float32Array([0.5]),
      frameScores: new Float32Array(2),
    });
    expect(() => decodeScores(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
    expect(() => decodeScores(new Uint8Array(40))).toThrow(RangeError);
  });
});
