import { createSession, float32Data, float32Tensor, type OrtDevice, type Session, type TensorMap } from '@earmark/onnx-runtime';
import { chunkCountOf } from '../../autodiff/chunk-pool.js';
import type { OptimiserState, TrainingBatch, TrainingDefinition, TrainingEngine, TrainingSession } from '../../engine.js';
import { buildGradientModel, buildScoringModel, buildStepModel } from './training-graph.js';

/** Trains with ONNX Runtime: one session computes forward, backward and Adam. */
export function createOrtEngine(device: OrtDevice = 'cpu'): TrainingEngine {
  return {
    device,
    open: async (definition, { threads }) => new OrtTrainingSession(definition, { threads, device }),
  };
}

class OrtTrainingSession implements TrainingSession {
  private readonly sessions = new Map<string, Promise<Session>>();

  constructor(
    private readonly definition: TrainingDefinition,
    private readonly options: { readonly threads: number; readonly device: OrtDevice },
  ) {}

  async step(
    state: OptimiserState,
    batch: TrainingBatch,
    learningRate: number,
  ): Promise<{ state: OptimiserState; loss: number }> {
    const session = await this.session('step', buildStepModel);
    const { meanDecay, varianceDecay } = this.definition.adam;
    const step = state.step + 1;
    const outputs = await session.run({
      ...this.batchFeeds(batch),
      parameters: vector(state.parameters),
      gradient_mean: vector(state.gradientMean),
      gradient_variance: vector(state.gradientVariance),
      learning_rate: scalar(learningRate),
      mean_correction: scalar(1 / (1 - meanDecay ** step)),
      variance_correction: scalar(1 / (1 - varianceDecay ** step)),
    });
    return {
      loss: float32Data(outputs, 'loss')[0]!,
      state: {
        step,
        parameters: float32Data(outputs, 'next_parameters'),
        gradientMean: float32Data(outputs, 'next_gradient_mean'),
        gradientVariance: float32Data(outputs, 'next_gradient_variance'),
      },
    };
  }

  async gradient(parameters: Float32Array, batch: TrainingBatch): Promise<{ loss: number; gradient: Float32Array }> {
    const session = await this.session('gradient', buildGradientModel);
    const outputs = await session.run({ ...this.batchFeeds(batch), parameters: vector(parameters) });
    return { loss: float32Data(outputs, 'loss')[0]!, gradient: float32Data(outputs, 'gradient') };
  }

  async score(
    parameters: Float32Array,
    features: Float32Array,
  ): Promise<{ chunkLogits: Float32Array; frameLogits: Float32Array }> {
    const session = await this.session('score', buildScoringModel);
    const { featureCount } = this.definition.network;
    const outputs = await session.run({
      parameters: vector(parameters),
      features: float32Tensor(features, [1, features.length / featureCount, featureCount]),
    });
    return { chunkLogits: float32Data(outputs, 'chunk_logits'), frameLogits: float32Data(outputs, 'frame_logits') };
  }

  async close(): Promise<void> {
    const open = [...this.sessions.values()];
    this.sessions.clear();
    for (const session of open) await (await session).close();
  }

  private session(name: string, build: (definition: TrainingDefinition) => Uint8Array): Promise<Session> {
    const known = this.sessions.get(name);
    if (known) return known;
    const created = createSession(build(this.definition), this.options);
    this.sessions.set(name, created);
    return created;
  }

  private batchFeeds(batch: TrainingBatch): TensorMap {
    const { batchSize, windowFrames, network } = this.definition;
    const { featureCount, typeCount } = network;
    const chunks = chunkCountOf(network.grid, windowFrames);
    const perWindow = [batchSize, 1, featureCount];
    return {
      features: float32Tensor(batch.features, [batchSize, windowFrames, featureCount]),
      gains: float32Tensor(batch.gains, perWindow),
      noise: float32Tensor(batch.noise, [batchSize, windowFrames, featureCount]),
      mask: float32Tensor(batch.mask, perWindow),
      dropout: float32Tensor(batch.dropout, [batchSize, 1, network.channels]),
      chunk_labels: float32Tensor(batch.chunkLabels, [batchSize, chunks, typeCount]),
      chunk_weights: float32Tensor(batch.chunkWeights, [batchSize, chunks, typeCount]),
      frame_labels: float32Tensor(batch.frameLabels, [batchSize, windowFrames, typeCount]),
      frame_weights: float32Tensor(batch.frameWeights, [batchSize, windowFrames, typeCount]),
    };
  }
}

const vector = (data: Float32Array) => float32Tensor(data, [data.length]);
const scalar = (value: number) => float32Tensor(Float32Array.of(value), []);
