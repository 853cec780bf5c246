import { FEATURE_CONTEXT_FRAMES } from './feature-graph.js';
import { featureCountOf, type FeatureSpec } from './feature-spec.js';

/** Reads samples [start, end) of a mono file at the spec's rate, values -1 to 1. */
export type SampleReader = (startSample: number, endSample: number) => Float32Array | Promise<Float32Array>;

/** Runs the feature model on one stretch of samples: [samples] → [frames, featureCount]. */
export type FeatureRunner = (wave: Float32Array) => Promise<Float32Array>;

/** One block of a file's features. */
export interface FeatureBlock {
  readonly startFrame: number;
  readonly frameCount: number;
  /** [frameCount, featureCount] */
  readonly features: Float32Array;
}

const BLOCK_FRAMES = 3000;

/**
 * The features of a file of any length, block by block in constant memory; joined, they equal those of one run over the whole file.
 * @param blockFrames frames per block, default 3000 (30 s)
 */
export async function* featureBlocks(
  spec: FeatureSpec,
  run: FeatureRunner,
  file: { readonly sampleCount: number; readonly read: SampleReader },
  blockFrames: number = BLOCK_FRAMES,
): AsyncGenerator<FeatureBlock> {
  const featureCount = featureCountOf(spec);
  const totalFrames = Math.floor(file.sampleCount / spec.hopSamples);
  for (let startFrame = 0; startFrame < totalFrames; startFrame += blockFrames) {
    const endFrame = Math.min(totalFrames, startFrame + blockFrames);
    const inputStart = Math.max(0, startFrame - FEATURE_CONTEXT_FRAMES);
    const inputEnd = Math.min(totalFrames, endFrame + FEATURE_CONTEXT_FRAMES);
    const wave = await file.read(inputStart * spec.hopSamples, inputEnd * spec.hopSamples);
    const features = await run(wave);
    const skipped = (startFrame - inputStart) * featureCount;
    const frameCount = endFrame - startFrame;
    yield { startFrame, frameCount, features: features.subarray(skipped, skipped + frameCount * featureCount) };
  }
}
