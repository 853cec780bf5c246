import { createRandom } from '@earmark/audio';
import { createSession, float32Data, float32Tensor } from '@earmark/onnx-runtime';
import { describe, expect, it } from '@jest/globals';
import { GraphBuilder, type Value } from '../onnx/graph-builder.js';
import { int } from '../onnx/model.js';
import { absolute, logistic, product, quotient, shift, subtract } from './arithmetic.js';
import { bandSum } from './band-sum.js';
import { chunkMax, chunkMean } from './chunk-pool.js';
import { concatChannels } from './concat.js';
import { conv1d } from './conv1d.js';
import { dense } from './dense.js';
import { add, multiply, relu, scale } from './elementwise.js';
import { layerNorm } from './layer-norm.js';
import { weightedBinaryCrossEntropy } from './loss.js';
import { Tape, type Variable } from './tape.js';

const random = createRandom('gradients');
const draw = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.gaussian());
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

type Build = (tape: Tape, inputs: Variable[]) => Variable;

/** A fixed random projection of y: a scalar whose gradient is known. */
function project(tape: Tape, y: Variable): Variable {
  const { graph } = tape;
  const weights = graph.constant(draw(sizeOf(y.shape)), y.shape);
  const weighted = graph.node('Mul', [y, weights], y.shape);
  const sum = graph.node('ReduceSum', [weighted], [], { keepdims: int(0) });
  return tape.record(sum, [], [y], (gradient) => [graph.node('Mul', [weights, gradient], y.shape)]);
}

/** Compares each input's gradient with central differences along random directions. */
async function checkGradients(shapes: readonly (readonly number[])[], build: Build, isLoss = false): Promise<void> {
  const graph = new GraphBuilder('check');
  const tape = new Tape(graph);
  const inputs = shapes.map((shape, i) => tape.parameter(graph.input(`x${i}`, shape)));
  const built = build(tape, inputs);
  const loss = isLoss ? built : project(tape, built);
  const gradients = tape.gradients(loss, inputs);
  const outputs = Object.fromEntries(gradients.map((gradient, i): [string, Value] => [`g${i}`, gradient]));
  const session = await createSession(graph.build({ outputs: { loss, ...outputs } }));
  const values = shapes.map((shape) => draw(sizeOf(shape)));
  const evaluate = (at: readonly Float32Array[]) =>
    session.run(Object.fromEntries(at.map((data, i) => [`x${i}`, float32Tensor(data, shapes[i]!)])));
  const analytic = await evaluate(values);
  for (const [i, shape] of shapes.entries()) {
    for (let round = 0; round < 3; round++) {
      const direction = draw(sizeOf(shape));
      const step = 2e-3;
      const moved = (sign: number) =>
        values.map((value, k) => (k === i ? value.map((v, j) => v + sign * step * direction[j]!) : value));
      const [up, down] = [await evaluate(moved(1)), await evaluate(moved(-1))];
      const numeric = (float32Data(up, 'loss')[0]! - float32Data(down, 'loss')[0]!) / (2 * step);
      const expected = float32Data(analytic, `g${i}`).reduce((sum, g, j) => sum + g * direction[j]!, 0);
      expect(Math.abs(numeric - expected)).toBeLessThan(0.02 * Math.max(1, Math.abs(expected)));
    }
  }
  await session.close();
}

describe('gradients agree with finite differences', () => {
  it.each<[string, number[][], Build]>([
    ['relu', [[2, 5, 3]], (tape, [x]) => relu(tape, x!)],
    [
      'add of two',
      [
        [2, 3],
        [2, 3],
      ],
      (tape, [a, b]) => add(tape, a!, b!),
    ],
    ['add of the same', [[2, 3]], (tape, [x]) => add(tape, x!, x!)],
    ['scale', [[4]], (tape, [x]) => scale(tape, x!, -1.5)],
    ['multiply by data', [[2, 4, 3]], (tape, [x]) => multiply(tape, x!, tape.graph.constant(draw(6), [2, 1, 3]))],
    ['dense', [[2, 4, 3], [3, 5], [5]], (tape, [x, w, b]) => dense(tape, x!, w!, b!)],
    [
      'conv1d, kernel 5',
      [[2, 9, 3], [15, 4], [4]],
      (tape, [x, w, b]) => conv1d(tape, x!, w!, b!, { kernelSize: 5, dilation: 1 }),
    ],
    ['conv1d, dilated', [[2, 11, 3], [9, 4], [4]], (tape, [x, w, b]) => conv1d(tape, x!, w!, b!, { kernelSize: 3, dilation: 4 })],
    [
      'conv1d, even kernel',
      [[1, 7, 2], [8, 3], [3]],
      (tape, [x, w, b]) => conv1d(tape, x!, w!, b!, { kernelSize: 4, dilation: 1 }),
    ],
    [
      'subtract',
      [
        [2, 3],
        [2, 3],
      ],
      (tape, [a, b]) => subtract(tape, a!, b!),
    ],
    ['absolute, away from 0', [[2, 3]], (tape, [x]) => absolute(tape, shift(tape, logistic(tape, x!), 0.1))],
    [
      'product',
      [
        [2, 3, 4],
        [2, 3, 4],
      ],
      (tape, [a, b]) => product(tape, a!, b!),
    ],
    [
      'product with one channel',
      [
        [2, 3, 4],
        [2, 3, 1],
      ],
      (tape, [a, b]) => product(tape, a!, b!),
    ],
    [
      'quotient by one channel',
      [
        [2, 3, 4],
        [2, 3, 1],
      ],
      (tape, [a, b]) => quotient(tape, a!, shift(tape, logistic(tape, b!), 0.5)),
    ],
    ['bandSum', [[2, 9, 3]], (tape, [x]) => bandSum(tape, x!, { near: 2, far: 4 })],
    ['layerNorm', [[2, 4, 6], [6], [6]], (tape, [x, g, b]) => layerNorm(tape, x!, g!, b!)],
    [
      'concatChannels',
      [
        [2, 3, 2],
        [2, 3, 4],
      ],
      (tape, parts) => concatChannels(tape, parts),
    ],
    ['chunkMean, overlapping', [[2, 12, 3]], (tape, [x]) => chunkMean(tape, x!, { chunkFrames: 6, strideFrames: 2 })],
    ['chunkMean, coprime', [[1, 13, 2]], (tape, [x]) => chunkMean(tape, x!, { chunkFrames: 5, strideFrames: 3 })],
    ['chunkMax, overlapping', [[2, 12, 3]], (tape, [x]) => chunkMax(tape, x!, { chunkFrames: 4, strideFrames: 2 })],
    ['chunkMax, coprime', [[1, 14, 2]], (tape, [x]) => chunkMax(tape, x!, { chunkFrames: 5, strideFrames: 3 })],
    ['chunkMax, no overlap', [[1, 12, 2]], (tape, [x]) => chunkMax(tape, x!, { chunkFrames: 4, strideFrames: 4 })],
  ])('%s', (_name, shapes, build) => checkGradients(shapes, build));

  it('weighted binary cross-entropy', () =>
    checkGradients(
      [[3, 4]],
      (tape, [x]) => {
        const labels = tape.graph.constant(
          Float32Array.from({ length: 12 }, (_, i) => i % 2),
          [3, 4],
        );
        const weights = tape.graph.constant(draw(12).map(Math.abs), [3, 4]);
        return weightedBinaryCrossEntropy(tape, x!, labels, weights);
      },
      true,
    ));

  it('refuses a parameter that the loss does not depend on', () => {
    const graph = new GraphBuilder('check');
    const tape = new Tape(graph);
    const used = tape.parameter(graph.input('used', [2]));
    const unused = tape.parameter(graph.input('unused', [2]));
    const loss = project(tape, relu(tape, used));
    expect(() => tape.gradients(loss, [unused])).toThrow('unused does not influence');
  });
});

describe('chunk pooling', () => {
  it('shares the gradient of a maximum among tied frames', async () => {
    const graph = new GraphBuilder('ties');
    const tape = new Tape(graph);
    const x = tape.parameter(graph.input('x', [1, 8, 1]));
    const loss = project(tape, chunkMax(tape, x, { chunkFrames: 4, strideFrames: 4 }));
    const session = await createSession(graph.build({ outputs: { loss, gradient: tape.gradients(loss, [x])[0]! } }));
    const gradient = float32Data(
      await session.run({ x: float32Tensor(Float32Array.of(3, 3, 3, 3, 1, 2, 2, 0), [1, 8, 1]) }),
      'gradient',
    );
    expect(new Set(gradient.subarray(0, 4)).size).toBe(1);
    expect([gradient[4]!, gradient[7]!].map(Math.abs)).toEqual([0, 0]);
    expect(gradient[5]).toBe(gradient[6]);
    expect(gradient[5]).not.toBe(0);
    await session.close();
  });

  it('gives the mean and the maximum of exactly the frames of each chunk', async () => {
    const graph = new GraphBuilder('pool');
    const tape = new Tape(graph);
    const grid = { chunkFrames: 5, strideFrames: 3 };
    const x = tape.data(graph.input('x', [1, 14, 1]));
    const session = await createSession(
      graph.build({ outputs: { mean: chunkMean(tape, x, grid), max: chunkMax(tape, x, grid) } }),
    );
    const values = draw(14);
    const pooled = await session.run({ x: float32Tensor(values, [1, 14, 1]) });
    const chunks = [0, 3, 6, 9].map((start) => values.subarray(start, start + 5));
    expect([...float32Data(pooled, 'max')]).toEqual(chunks.map((chunk) => Math.max(...chunk)));
    for (const [i, mean] of float32Data(pooled, 'mean').entries()) {
      expect(mean).toBeCloseTo(chunks[i]!.reduce((sum, value) => sum + value, 0) / 5, 5);
    }
    await session.close();
  });
});
