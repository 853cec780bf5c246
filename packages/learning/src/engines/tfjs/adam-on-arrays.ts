import type { AdamOptions } from '../../autodiff/adam.js';
import type { OptimiserState } from '../../engine.js';

/** One Adam step as `adamStep` does it, on plain arrays. */
export function adamOnArrays(
  state: OptimiserState,
  gradient: Float32Array,
  learningRate: number,
  { meanDecay, varianceDecay, epsilon, weightDecay, maxGradientNorm }: AdamOptions,
): OptimiserState {
  const step = state.step + 1;
  const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
  const divisor = Math.max(1, norm / maxGradientNorm);
  const [meanCorrection, varianceCorrection] = [1 / (1 - meanDecay ** step), 1 / (1 - varianceDecay ** step)];
  const next = {
    parameters: new Float32Array(gradient.length),
    gradientMean: new Float32Array(gradient.length),
    gradientVariance: new Float32Array(gradient.length),
  };
  for (const [i, raw] of gradient.entries()) {
    const slope = raw / divisor;
    const mean = meanDecay * state.gradientMean[i]! + (1 - meanDecay) * slope;
    const variance = varianceDecay * state.gradientVariance[i]! + (1 - varianceDecay) * slope * slope;
    const direction = (mean * meanCorrection) / (Math.sqrt(variance * varianceCorrection) + epsilon);
    const value = state.parameters[i]!;
    next.parameters[i] = value - learningRate * (direction + weightDecay * value);
    next.gradientMean[i] = mean;
    next.gradientVariance[i] = variance;
  }
  return { step, ...next };
}
