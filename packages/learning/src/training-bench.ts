import { createRandom } from '@earmark/audio';
import { DEFAULT_ADAM } from './autodiff/adam.js';
import { chunkCountOf } from './autodiff/chunk-pool.js';
import { initialOptimiserState, type TrainingBatch, type TrainingEngine } from './engine.js';
import { initialParameters } from './network/parameters.js';
import type { NetworkSpec } from './network/network-spec.js';

export interface TrainingBenchOptions {
  readonly network: NetworkSpec;
  readonly batchSize: number;
  readonly windowFrames: number;
  readonly threads: number;
}

/** Training steps on random data, one at a time: for benchmarks and for comparing devices. */
export async function createTrainingBench(
  engine: TrainingEngine,
  { network, batchSize, windowFrames, threads }: TrainingBenchOptions,
): Promise<{ step(): Promise<number>; close(): Promise<void> }> {
  const { featureCount, typeCount, channels, grid } = network;
  const random = createRandom('bench');
  const values = (count: number, draw: () => number): Float32Array => Float32Array.from({ length: batchSize * count }, draw);
  const uniform = (): number => random.range(-1, 1);
  const one = (): number => 1;
  const label = (): number => Number(random.chance(0.2));
  const chunks = chunkCountOf(grid, windowFrames) * typeCount;
  const batch: TrainingBatch = {
    features: values(windowFrames * featureCount, uniform),
    gains: values(featureCount, one),
    noise: values(windowFrames * featureCount, () => 0),
    mask: values(featureCount, one),
    dropout: values(channels, one),
    chunkLabels: values(chunks, label),
    chunkWeights: values(chunks, one),
    frameLabels: values(windowFrames * typeCount, label),
    frameWeights: values(windowFrames * typeCount, one),
  };
  const definition = {
    network,
    normalisation: { mean: new Float32Array(featureCount), deviation: new Float32Array(featureCount).fill(1) },
    featureFloors: new Float32Array(featureCount).fill(1e-5, 0, -1),
    amplitudes: { start: featureCount - 5, end: featureCount - 1 },
    batchSize,
    windowFrames,
    frameLossWeight: 0.5,
    adam: DEFAULT_ADAM,
  };
  const session = await engine.open(definition, { threads });
  let state = initialOptimiserState(initialParameters(network, 'bench'));
  return {
    step: async () => {
      const result = await session.step(state, batch, 1e-3);
      state = result.state;
      return result.loss;
    },
    close: () => session.close(),
  };
}
