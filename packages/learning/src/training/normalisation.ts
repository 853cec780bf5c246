import type { Normalisation } from '../engine.js';
import type { FeatureSource } from './feature-source.js';
import type { Stretch } from './stretch.js';

/** Features that hardly vary are not blown up beyond this. */
const MIN_DEVIATION = 0.05;
const BLOCK_FRAMES = 3000;

/** Mean and standard deviation of every feature over all frames, in double precision and a fixed order. */
export function measureNormalisation(stretches: readonly Stretch[], featureCount: number): Normalisation {
  const sums = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  let frameCount = 0;
  for (const { features } of stretches) {
    frameCount += features.frameCount;
    for (const block of blocksOf(features, featureCount)) {
      for (const [i, value] of block.entries()) {
        sums[i % featureCount]! += value;
        squares[i % featureCount]! += value * value;
      }
    }
  }
  if (frameCount === 0) throw new RangeError('no frames to measure');
  const mean = Float32Array.from(sums, (sum) => sum / frameCount);
  const deviation = Float32Array.from(squares, (square, i) => {
    const variance = square / frameCount - (sums[i]! / frameCount) ** 2;
    return Math.max(MIN_DEVIATION, Math.sqrt(Math.max(0, variance)));
  });
  return { mean, deviation };
}

function* blocksOf(features: FeatureSource, featureCount: number): Generator<Float32Array> {
  for (let frame = 0; frame < features.frameCount; frame += BLOCK_FRAMES) {
    const block = new Float32Array(Math.min(BLOCK_FRAMES, features.frameCount - frame) * featureCount);
    features.read(frame, block);
    yield block;
  }
}
