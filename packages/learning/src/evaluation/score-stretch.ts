import type { ScoredFeatures, TrainingDefinition, TrainingSession } from '../engine.js';
import { fileChunkCount, planBlocks, stitch, type Block } from '../detect/block-plan.js';
import { contextFramesOf } from '../network/network-spec.js';
import type { Stretch } from '../training/stretch.js';

/** Bounds the memory of one run; about 30 s. */
const BLOCK_FRAMES = 3000;

/** A stretch and the raw scores of its chunks and frames. */
export interface JudgedStretch extends ScoredFeatures {
  readonly stretch: Stretch;
  /** At least one chunk: shorter stretches were lengthened. */
  readonly frameCount: number;
}

/** Scores a stretch of any length in blocks; the cuts do not show in the result. */
export async function scoreStretch(
  session: TrainingSession,
  definition: TrainingDefinition,
  parameters: Float32Array,
  stretch: Stretch,
): Promise<JudgedStretch> {
  const { grid, typeCount } = definition.network;
  const frameCount = Math.max(grid.chunkFrames, stretch.features.frameCount);
  const chunkLogits = new Float32Array(fileChunkCount(frameCount, grid) * typeCount);
  const frameLogits = new Float32Array(frameCount * typeCount);
  const layout = { grid, contextFrames: contextFramesOf(definition.network), blockFrames: BLOCK_FRAMES };
  for (const block of planBlocks(frameCount, layout)) {
    const scored = await session.score(parameters, readBlock(stretch, definition, block));
    stitch(chunkLogits, scored.chunkLogits, block.chunks, typeCount);
    stitch(frameLogits, scored.frameLogits, block.frames, typeCount);
  }
  return { stretch, frameCount, chunkLogits, frameLogits };
}

/** Frames beyond the end of a stretch shorter than a chunk are the mean. */
function readBlock(
  { features }: Stretch,
  { network, normalisation }: TrainingDefinition,
  { inputStart, inputEnd }: Block,
): Float32Array {
  const { featureCount } = network;
  const block = new Float32Array((inputEnd - inputStart) * featureCount);
  const there = block.subarray(0, (Math.min(inputEnd, features.frameCount) - inputStart) * featureCount);
  features.read(inputStart, there);
  for (let i = there.length; i < block.length; i++) block[i] = normalisation.mean[i % featureCount]!;
  return block;
}
