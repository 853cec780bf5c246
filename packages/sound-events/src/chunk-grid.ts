import type { Interval } from './interval.js';

/** Chunks of equal size at equal distances from the start of the file, both above 0. */
export interface ChunkGrid {
  readonly chunkSizeMs: number;
  readonly strideMs: number;
}

/**
 * How many chunks a file needs so that all of it is covered; 0 for an empty file, at least 1 otherwise.
 * @throws RangeError when size or stride is not above 0, or the stride would leave gaps
 */
export function chunkCount(fileDurationMs: number, { chunkSizeMs, strideMs }: ChunkGrid): number {
  if (!(chunkSizeMs > 0) || !(strideMs > 0)) throw new RangeError('chunk size and stride must be above 0 ms');
  if (strideMs > chunkSizeMs) throw new RangeError('a stride longer than the chunk would leave gaps');
  if (fileDurationMs <= 0) return 0;
  return 1 + Math.max(0, Math.ceil((fileDurationMs - chunkSizeMs) / strideMs));
}

/** The chunks of a file; the last one may reach beyond its end, where the audio counts as silence. */
export function chunkWindows(fileDurationMs: number, grid: ChunkGrid): Interval[] {
  return Array.from({ length: chunkCount(fileDurationMs, grid) }, (_, index) => ({
    startMs: index * grid.strideMs,
    endMs: index * grid.strideMs + grid.chunkSizeMs,
  }));
}
