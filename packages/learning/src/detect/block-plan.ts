import type { ChunkGrid } from '../autodiff/chunk-pool.js';

/** What must be known of a detector to cut a file into blocks; all in frames. */
export interface BlockLayout {
  readonly grid: ChunkGrid;
  /** Frames on either side that influence a frame's scores. */
  readonly contextFrames: number;
  /** Frames that one block answers for, context not counted. */
  readonly blockFrames: number;
}

/** One run of the detector: feed frames [inputStart, inputEnd), keep the stated part of each output. */
export interface Block {
  readonly inputStart: number;
  readonly inputEnd: number;
  /** Rows of `frame_scores` to keep, and where they go in the file. */
  readonly frames: KeptRows;
  /** Rows of `chunk_scores` to keep, and where they go in the file. */
  readonly chunks: KeptRows;
}

export interface KeptRows {
  /** First row kept of the block's output. */
  readonly from: number;
  /** Where that row belongs in the file's output. */
  readonly to: number;
  readonly count: number;
}

/** Chunks that cover a file of this many frames; the last may reach beyond its end. */
export function fileChunkCount(frameCount: number, { chunkFrames, strideFrames }: ChunkGrid): number {
  return frameCount === 0 ? 0 : 1 + Math.max(0, Math.ceil((frameCount - chunkFrames) / strideFrames));
}

/**
 * Cuts a file into blocks whose joined results equal one run over the whole file, wherever the cuts fall.
 * A file shorter than one chunk must be lengthened with silence to one chunk first.
 * @throws RangeError for fewer frames than one chunk
 */
export function planBlocks(frameCount: number, layout: BlockLayout): Block[] {
  const { grid } = layout;
  if (frameCount < grid.chunkFrames) throw new RangeError(`${frameCount} frames are less than one chunk of ${grid.chunkFrames}`);
  const step = Math.max(1, Math.round(layout.blockFrames / grid.strideFrames)) * grid.strideFrames;
  const blocks: Block[] = [];
  for (let start = 0; start < frameCount; start += step)
    blocks.push(blockAt(start, Math.min(start + step, frameCount), frameCount, layout));
  return blocks;
}

function blockAt(start: number, end: number, frameCount: number, { grid, contextFrames }: BlockLayout): Block {
  const { chunkFrames, strideFrames } = grid;
  // The input starts on the file's chunk grid, and holds one whole chunk even at the very end of the file.
  const latestStart = Math.min(start - contextFrames, frameCount - chunkFrames);
  const inputStart = Math.max(0, Math.floor(latestStart / strideFrames) * strideFrames);
  const inputEnd = Math.min(frameCount, end + chunkFrames + contextFrames);
  const chunkCount = fileChunkCount(frameCount, grid);
  const firstChunk = Math.min(chunkCount, start / strideFrames);
  const chunkEnd = end === frameCount ? chunkCount : Math.min(chunkCount, end / strideFrames);
  return {
    inputStart,
    inputEnd,
    frames: { from: start - inputStart, to: start, count: end - start },
    chunks: { from: firstChunk - inputStart / strideFrames, to: firstChunk, count: chunkEnd - firstChunk },
  };
}

/** Copies the kept rows of a block's output [rows, types] to their place in the file's output. */
export function stitch(target: Float32Array, output: Float32Array, { from, to, count }: KeptRows, typeCount: number): void {
  target.set(output.subarray(from * typeCount, (from + count) * typeCount), to * typeCount);
}
