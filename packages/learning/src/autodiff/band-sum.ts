import { dims3 } from './dense.js';
import type { Tape, Variable } from './tape.js';

/** Positions from `near` to `far` away on either side, `near` ≥ 1. */
export interface Band {
  readonly near: number;
  readonly far: number;
}

/** For every position the sum over those in its band: [B, K, C] → [B, K, C]. */
export function bandSum(tape: Tape, x: Variable, band: Band): Variable {
  const { graph } = tape;
  const [, count] = dims3(x);
  // The matrix is symmetric: it is its own transpose in the backward pass.
  const matrix = graph.constant(bandMatrix(count, band), [count, count]);
  const sums = graph.node('MatMul', [matrix, x], x.shape);
  return tape.record(sums, x.shape, [x], (gradient) => [graph.node('MatMul', [matrix, gradient], x.shape)]);
}

/** [count, count]: 1 where two positions are in each other's band. */
export function bandMatrix(count: number, { near, far }: Band): Float32Array {
  return Float32Array.from({ length: count * count }, (_, i) => {
    const distance = Math.abs((i % count) - Math.floor(i / count));
    return Number(distance >= near && distance <= far);
  });
}
