import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkCount, chunkWindows } from './chunk-grid.js';

describe('chunkWindows', () => {
  it('covers every file with chunks on the grid, and needs every one of them', () => {
    const anyGrid = fc
      .tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 900 }))
      .map(([a, b]) => ({ chunkSizeMs: Math.max(a, b), strideMs: Math.min(a, b) }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9000 }), anyGrid, (durationMs, grid) => {
        const windows = chunkWindows(durationMs, grid);
        expect(windows[0]?.startMs).toBe(0);
        expect(windows.at(-1)?.endMs).toBeGreaterThanOrEqual(durationMs);
        expect(windows.at(-2)?.endMs ?? 0).toBeLessThan(durationMs);
        windows.forEach(({ startMs, endMs }, index) => {
          expect([startMs, endMs - startMs]).toEqual([index * grid.strideMs, grid.chunkSizeMs]);
        });
      }),
    );
  });

  it('has no chunk for an empty file and refuses impossible grids', () => {
    expect(chunkWindows(0, { chunkSizeMs: 500, strideMs: 250 })).toEqual([]);
    expect(() => chunkCount(1000, { chunkSizeMs: 0, strideMs: 250 })).toThrow(RangeError);
    expect(() => chunkCount(1000, { chunkSizeMs: 500, strideMs: 0 })).toThrow(RangeError);
    expect(() => chunkCount(1000, { chunkSizeMs: 200, strideMs: 250 })).toThrow('gaps');
  });
});
