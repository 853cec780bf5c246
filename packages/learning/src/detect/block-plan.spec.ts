import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fileChunkCount, planBlocks, stitch, type BlockLayout } from './block-plan.js';

/** A stand-in for a detector: every output depends on all input frames within reach, and on nothing else. */
function score(frames: Float32Array, { grid, contextFrames }: BlockLayout): { frames: Float32Array; chunks: Float32Array } {
  const hidden = frames.map((_, t) => {
    let sum = 0;
    for (let k = Math.max(0, t - contextFrames); k <= Math.min(frames.length - 1, t + contextFrames); k++) sum += frames[k]!;
    return sum;
  });
  const chunks = Float32Array.from({ length: fileChunkCount(frames.length, grid) }, (_, chunk) =>
    Math.max(...hidden.subarray(chunk * grid.strideFrames, chunk * grid.strideFrames + grid.chunkFrames)),
  );
  return { frames: hidden, chunks };
}

const layouts = fc
  .record({
    chunkFrames: fc.integer({ min: 1, max: 30 }),
    stride: fc.integer({ min: 1, max: 30 }),
    contextFrames: fc.nat(20),
    blockFrames: fc.integer({ min: 1, max: 60 }),
  })
  .map(({ chunkFrames, stride, ...rest }): BlockLayout => ({
    grid: { chunkFrames, strideFrames: Math.min(stride, chunkFrames) },
    ...rest,
  }));

describe('planBlocks', () => {
  it('joins to the result of one run over the whole file, wherever the cuts fall', () => {
    fc.assert(
      fc.property(layouts, fc.nat(300), (layout, extra) => {
        const file = Float32Array.from({ length: layout.grid.chunkFrames + extra }, (_, i) => (i * 7919) % 101);
        const whole = score(file, layout);
        const joined = {
          frames: new Float32Array(whole.frames.length).fill(-1),
          chunks: new Float32Array(whole.chunks.length).fill(-1),
        };
        for (const block of planBlocks(file.length, layout)) {
          const part = score(file.slice(block.inputStart, block.inputEnd), layout);
          stitch(joined.frames, part.frames, block.frames, 1);
          stitch(joined.chunks, part.chunks, block.chunks, 1);
        }
        expect(joined).toEqual(whole);
      }),
    );
  });

  it('bounds every block, whatever the length of the file', () => {
    const layout = { grid: { chunkFrames: 50, strideFrames: 25 }, contextFrames: 66, blockFrames: 2000 };
    const sizes = planBlocks(3_600_000, layout).map((block) => block.inputEnd - block.inputStart);
    expect(sizes).toHaveLength(1800);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2000 + 50 + 2 * 66 + 25);
  });

  it('refuses less than one chunk', () => {
    expect(() => planBlocks(49, { grid: { chunkFrames: 50, strideFrames: 25 }, contextFrames: 1, blockFrames: 100 })).toThrow(
      RangeError,
    );
  });
});
