import { createRandom } from '@earmark/audio';
import * as tensorflow from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ADAM } from '../autodiff/adam.js';
import { chunkCountOf } from '../autodiff/chunk-pool.js';
import { initialOptimiserState, type TrainingBatch, type TrainingDefinition, type TrainingSession } from '../engine.js';
import { initialParameters } from '../network/parameters.js';
import { createTrainingEngine } from './create-engine.js';
import { createOrtEngine } from './ort/ort-engine.js';
import { createTfjsEngine, createTfjsGpuEngine } from './tfjs/tfjs-engine.js';

const random = createRandom('engines');
const draw = (size: number, low = -1, high = 1): Float32Array =>
  Float32Array.from({ length: size }, () => random.range(low, high));
const bits = (size: number): Float32Array => Float32Array.from({ length: size }, () => Number(random.chance(0.4)));

const F = 4;
const definition: TrainingDefinition = {
  network: {
    version: 1,
    featureCount: F,
    typeCount: 2,
    channels: 5,
    stemKernel: 5,
    residualKernel: 3,
    dilations: [1, 2],
    grid: { chunkFrames: 6, strideFrames: 2 },
    contrast: { near: 1, far: 2, size: 3, hidden: 4 },
  },
  normalisation: { mean: draw(F), deviation: draw(F, 0.5, 2) },
  featureFloors: Float32Array.of(1e-3, 1e-2, 1e-3, 0),
  amplitudes: { start: 1, end: 3 },
  batchSize: 3,
  windowFrames: 14,
  frameLossWeight: 0.5,
  adam: DEFAULT_ADAM,
};
const B = definition.batchSize;
const T = definition.windowFrames;
const K = chunkCountOf(definition.network.grid, T);
const batch: TrainingBatch = {
  features: draw(B * T * F, -4, 1),
  gains: draw(B * F, 0.5, 2),
  noise: draw(B * T * F, 0, 0.1),
  mask: bits(B * F),
  dropout: draw(B * 5, 0, 2),
  chunkLabels: bits(B * K * 2),
  chunkWeights: draw(B * K * 2, 0, 2),
  frameLabels: bits(B * T * 2),
  frameWeights: draw(B * T * 2, 0, 2),
};
const parameters = initialParameters(definition.network, 'test').map((value, i) => value + 0.05 * Math.sin(i));

const distance = (a: Float32Array, b: Float32Array): number => {
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
};

let ort: TrainingSession;
let oracle: TrainingSession;
beforeAll(async () => {
  ort = await createOrtEngine().open(definition, { threads: 1 });
  oracle = await createTfjsEngine(async () => {
    await tensorflow.setBackend('cpu');
    return tensorflow;
  }).open(definition, { threads: 1 });
});
afterAll(() => ort.close());

describe('the ONNX Runtime engine against TensorFlow.js', () => {
  it('has the same loss and gradient', async () => {
    const ours = await ort.gradient(parameters, batch);
    const theirs = await oracle.gradient(parameters, batch);
    expect(ours.loss).toBeCloseTo(theirs.loss, 5);
    expect(Math.max(...theirs.gradient.map(Math.abs))).toBeGreaterThan(0.01);
    expect(distance(ours.gradient, theirs.gradient)).toBeLessThan(1e-5);
  });

  it('takes the same steps', async () => {
    let [ours, theirs] = [initialOptimiserState(parameters), initialOptimiserState(parameters)];
    for (let i = 0; i < 3; i++) {
      ours = (await ort.step(ours, batch, 0.01)).state;
      theirs = (await oracle.step(theirs, batch, 0.01)).state;
    }
    expect(ours.step).toBe(3);
    expect(distance(ours.parameters, parameters)).toBeGreaterThan(0.01);
    expect(distance(ours.parameters, theirs.parameters)).toBeLessThan(1e-4);
    expect(distance(ours.gradientMean, theirs.gradientMean)).toBeLessThan(1e-5);
  });

  it.each([6, 10, 11, 13])('gives the same scores for %d frames, part of a chunk at the end included', async (frames) => {
    const features = draw(frames * F, -4, 1);
    const [ours, theirs] = [await ort.score(parameters, features), await oracle.score(parameters, features)];
    expect(distance(ours.chunkLogits, theirs.chunkLogits)).toBeLessThan(1e-4);
    expect(distance(ours.frameLogits, theirs.frameLogits)).toBeLessThan(1e-4);
  });
});

describe('the ONNX Runtime engine', () => {
  it('gives the same bits again', async () => {
    const state = initialOptimiserState(parameters);
    const [first, second] = [await ort.step(state, batch, 0.01), await ort.step(state, batch, 0.01)];
    expect(second.state.parameters).toEqual(first.state.parameters);
  });
});

describe('choosing an engine', () => {
  it('says why the TensorFlow.js GPU engine cannot run', async () => {
    const opening = createTfjsGpuEngine().open(definition, { threads: 1 });
    await expect(opening).rejects.toThrow(/tfjs-gpu is unavailable: @tensorflow\/tfjs-node-gpu could not be loaded \(.+\)/);
  });

  it('finds the CPU by name', async () => {
    expect((await createTrainingEngine('cpu')).device).toBe('cpu');
  });
});
