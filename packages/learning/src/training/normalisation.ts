import type { Normalisation } from '../engine.js';
import type { Stretch } from './stretch.js';

/** Features that hardly vary are not blown up beyond this. */
const MIN_DEVIATION = 0.05;

/** Mean and standard deviation of every feature over all frames, in double precision and a fixed order. */
export function measureNormalisation(stretches: readonly Stretch[], featureCount: number): Normalisation {
  const sums = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  let frameCount = 0;
  for (const { features, frameCount: count } of stretches) {
    frameCount += count;
    for (let frame = 0; frame < count; frame++) {
      for (let feature = 0; feature < featureCount; feature++) {
        const value = features[frame * featureCount + feature]!;
        sums[feature]! += value;
        squares[feature]! += value * value;
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
