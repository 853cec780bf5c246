import { describe, expect, it } from '@jest/globals';
import { scoreLevels } from '@earmark/sound-events';
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
  it('come back as the levels that a training evaluates with, and exactly the second time', () => {
    fc.assert(
      fc.property(scores, (given) => {
        const once = decodeScores(encodeScores(given));
        expect(once.chunkScores).toEqual(given.chunkScores.map(scoreLevels.chunk.round));
        expect(once.frameScores).toEqual(given.frameScores.map(scoreLevels.frame.round));
        expect(decodeScores(encodeScores(once))).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });

  it('of the first format are still read', () => {
    const bytes = new Uint8Array(16 + 2 * 2 + 3);
    const view = new DataView(bytes.buffer);
    [0x31_53_4d_45, 3, 1, 2].forEach((value, index) => view.setUint32(4 * index, value, true));
    view.setUint16(16, 65_535, true);
    view.setUint16(18, 13_107, true);
    bytes.set([0, 51, 255], 20);
    expect(decodeScores(bytes)).toEqual({
      ...{ frameCount: 3, typeCount: 1 },
      chunkScores: Float32Array.of(1, 0.2),
      frameScores: Float32Array.of(0, 0.2, 1),
    });
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
