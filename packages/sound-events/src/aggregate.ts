import { chunkCount } from './chunk-grid.js';
import type { ChunkGrid } from './chunk-grid.js';
import type { FrameScores } from './sound-event.js';

/** Chunk scores of one file: scores is [chunks x types] on the grid, 0 to 1. */
export interface ChunkScores {
  readonly artifactTypes: readonly string[];
  readonly grid: ChunkGrid;
  readonly scores: Float32Array;
  readonly durationMs: number;
}

/** The frame length, in ms, on which scores are aggregated. */
export const defaultFrameMs = 10;

/**
 * Spreads chunk scores to frames: each frame gets the mean over the chunks that cover its centre
 * (the overlap-add of pyannote.audio's Inference.aggregate, with a flat window).
 * @throws RangeError when the scores do not have the shape that the duration and grid ask for
 */
export function aggregateScores(chunks: ChunkScores, frameMs: number = defaultFrameMs): FrameScores {
  const { artifactTypes, grid, scores, durationMs } = chunks;
  const count = chunkCount(durationMs, grid);
  const types = artifactTypes.length;
  if (scores.length !== count * types) throw new RangeError(`expected ${count} x ${types} scores, got ${scores.length}`);
  const frames = Math.ceil(durationMs / frameMs);
  const values = new Float32Array(frames * types);
  for (let frame = 0; frame < frames; frame++) {
    const centreMs = (frame + 0.5) * frameMs;
    // Past a file's end there are no chunks, so a last frame's centre may lie beyond the last one.
    const last = Math.min(count - 1, Math.floor(centreMs / grid.strideMs));
    const first = Math.min(last, Math.max(0, Math.floor((centreMs - grid.chunkSizeMs) / grid.strideMs) + 1));
    for (let type = 0; type < types; type++) {
      let sum = 0;
      for (let chunk = first; chunk <= last; chunk++) sum += scores[chunk * types + type] as number;
      values[frame * types + type] = sum / (last - first + 1);
    }
  }
  return { artifactTypes, frameMs, values, durationMs };
}
