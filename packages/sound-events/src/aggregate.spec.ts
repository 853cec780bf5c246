import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aggregateScores } from './aggregate.js';
import { chunkWindows } from './chunk-grid.js';

const grid = { chunkSizeMs: 500, strideMs: 250 };

describe('aggregateScores', () => {
  it('averages the chunks over each frame, type by type', () => {
    const scores = Float32Array.of(1, 0, 0.5, 0, 0, 1);
    const { values, durationMs } = aggregateScores({ artifactTypes: ['a', 'b'], grid, scores, durationMs: 1000 });
    const at = (ms: number): number[] => [...values.slice((ms / 10) * 2, (ms / 10) * 2 + 2)];
    expect(durationMs).toBe(1000);
    expect([at(0), at(240), at(250), at(490), at(500), at(740), at(750), at(990)]).toEqual([
      [1, 0],
      [1, 0],
      [0.75, 0],
      [0.75, 0],
      [0.25, 0.5],
      [0.25, 0.5],
      [0, 1],
      [0, 1],
    ]);
  });

  it('agrees with the plain definition: the mean over the windows that hold the frame centre', () => {
    const anyGrid = fc
      .tuple(fc.integer({ min: 20, max: 700 }), fc.integer({ min: 20, max: 700 }))
      .map(([a, b]) => ({ chunkSizeMs: Math.max(a, b), strideMs: Math.min(a, b) }));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        anyGrid,
        fc.infiniteStream(fc.float({ min: 0, max: 1, noNaN: true })),
        (durationMs, any, stream) => {
          const windows = chunkWindows(durationMs, any);
          const scores = Float32Array.from(stream.take(windows.length));
          const { values } = aggregateScores({ artifactTypes: ['a'], grid: any, scores, durationMs });
          expect(values).toHaveLength(Math.ceil(durationMs / 10));
          values.forEach((value, frame) => {
            const centre = frame * 10 + 5;
            const covering = windows.flatMap((w, i) => (w.startMs <= centre && centre < w.endMs ? [scores[i] as number] : []));
            // The centre of a last, partial frame may lie beyond the last chunk.
            const expected = covering.length > 0 ? covering : [scores.at(-1) as number];
            expect(value).toBeCloseTo(expected.reduce((sum, score) => sum + score, 0) / expected.length, 6);
          });
        },
      ),
    );
  });

  it('refuses scores of another shape', () => {
    const chunks = { artifactTypes: ['a'], grid, scores: new Float32Array(2), durationMs: 1000 };
    expect(() => aggregateScores(chunks)).toThrow('expected 3 x 1 scores, got 2');
  });

  it('has no frames for an empty file', () => {
    const chunks = { artifactTypes: ['a'], grid, scores: new Float32Array(0), durationMs: 0 };
    expect(aggregateScores(chunks).values).toHaveLength(0);
  });
});
