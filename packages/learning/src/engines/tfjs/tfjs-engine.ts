import type * as tensorflow from '@tensorflow/tfjs';
import { chunkCountOf } from '../../autodiff/chunk-pool.js';
import type {
  OptimiserState,
  ScoredFeatures,
  StepResult,
  TrainingBatch,
  TrainingDefinition,
  TrainingEngine,
  TrainingSession,
} from '../../engine.js';
import { fileChunkCount } from '../../detect/block-plan.js';
import { forwardNetwork } from '../../network/forward.js';
import { parameterLayout } from '../../network/parameters.js';
import { adamOnArrays } from './adam-on-arrays.js';
import { tfjsOps, type Tensor, type TensorFlow } from './tfjs-ops.js';

/** The engine cannot run on this machine; the message says why. */
export class EngineUnavailableError extends Error {
  override readonly name = 'EngineUnavailableError';
}

/** Trains with TensorFlow.js on an NVIDIA GPU; `open` rejects with EngineUnavailableError where that is not installed or does not load. */
export function createTfjsGpuEngine(): TrainingEngine {
  return createTfjsEngine(loadTfjsGpu);
}

/** The same engine on a given TensorFlow.js; the pure JavaScript one serves as the oracle in tests. */
export function createTfjsEngine(load: () => Promise<TensorFlow>): TrainingEngine {
  return { device: 'tfjs-gpu', open: async (definition) => new TfjsTrainingSession(await load(), definition) };
}

async function loadTfjsGpu(): Promise<TensorFlow> {
  // An optional peer dependency: its native library is a download that many networks refuse.
  const packageName: string = '@tensorflow/tfjs-node-gpu';
  try {
    return (await import(packageName)) as TensorFlow;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new EngineUnavailableError(`device tfjs-gpu is unavailable: ${packageName} could not be loaded (${reason})`, {
      cause: error,
    });
  }
}

class TfjsTrainingSession implements TrainingSession {
  constructor(
    private readonly tf: TensorFlow,
    private readonly definition: TrainingDefinition,
  ) {}

  async step(state: OptimiserState, batch: TrainingBatch, learningRate: number): Promise<StepResult> {
    const { loss, gradient } = await this.gradient(state.parameters, batch);
    return { loss, state: adamOnArrays(state, gradient, learningRate, this.definition.adam) };
  }

  async gradient(parameters: Float32Array, batch: TrainingBatch): Promise<{ loss: number; gradient: Float32Array }> {
    const { tf } = this;
    const { value, grads } = tf.tidy(() =>
      tf.valueAndGrads((...slots: Tensor[]) => this.loss(slots, batch))(this.unpack(parameters)),
    );
    const [loss, ...parts] = await Promise.all([value, ...grads].map((tensor) => tensor.data()));
    tf.dispose([value, ...grads]);
    const gradient = new Float32Array(parameters.length);
    for (const [i, { offset }] of parameterLayout(this.definition.network).entries()) gradient.set(parts[i]!, offset);
    return { loss: loss![0]!, gradient };
  }

  async score(parameters: Float32Array, features: Float32Array): Promise<ScoredFeatures> {
    const { tf } = this;
    const { network, normalisation } = this.definition;
    const frameCount = features.length / network.featureCount;
    const chunkCount = fileChunkCount(frameCount, network.grid);
    const [chunks, frames] = tf.tidy(() => {
      const input = this.normalise(tf.tensor(features, [1, frameCount, network.featureCount]), normalisation);
      return this.scoreTail(this.unpack(parameters), input, frameCount, chunkCount);
    });
    const [chunkLogits, frameLogits] = await Promise.all([chunks.data(), frames.data()]);
    tf.dispose([chunks, frames]);
    return { chunkLogits: Float32Array.from(chunkLogits), frameLogits: Float32Array.from(frameLogits) };
  }

  async close(): Promise<void> {
    // Nothing is held between calls.
  }

  /** A last chunk that reaches beyond the end is scored from the frames it has, like the exported model does. */
  private scoreTail(slots: readonly Tensor[], input: Tensor, frameCount: number, chunkCount: number): [Tensor, Tensor] {
    const { tf } = this;
    const { network } = this.definition;
    const ops = tfjsOps(tf, null);
    const tailStart = (chunkCount - 1) * network.grid.strideFrames;
    const isWhole = frameCount - tailStart >= network.grid.chunkFrames;
    const chunkPool = (x: Tensor, grid: typeof network.grid): Tensor => {
      const tail = tf.slice(x, [0, tailStart, 0], [1, frameCount - tailStart, network.channels]);
      return tf.concat([ops.chunkPool(x, grid), tf.concat([tf.mean(tail, 1, true), tf.max(tail, 1, true)], 2)], 1);
    };
    const scored = forwardNetwork(network, isWhole ? ops : { ...ops, chunkPool }, this.byName(slots), input);
    return [scored.chunkLogits, scored.frameLogits];
  }

  private loss(slots: readonly Tensor[], batch: TrainingBatch): tensorflow.Scalar {
    const { tf } = this;
    const { network, batchSize, windowFrames, frameLossWeight } = this.definition;
    const dropout = tf.tensor(batch.dropout, [batchSize, 1, network.channels]);
    const outputs = forwardNetwork(network, tfjsOps(tf, dropout), this.byName(slots), this.features(batch));
    const chunkShape = [batchSize, chunkCountOf(network.grid, windowFrames), network.typeCount];
    const frameShape = [batchSize, windowFrames, network.typeCount];
    const entropy = (logits: Tensor, labels: Float32Array, weights: Float32Array, shape: number[]): Tensor => {
      const losses = tf.sub(tf.softplus(logits), tf.mul(logits, tf.tensor(labels, shape)));
      return tf.mean(tf.mul(losses, tf.tensor(weights, shape)));
    };
    const chunkLoss = entropy(outputs.chunkLogits, batch.chunkLabels, batch.chunkWeights, chunkShape);
    const frameLoss = entropy(outputs.frameLogits, batch.frameLabels, batch.frameWeights, frameShape);
    return tf.add(chunkLoss, tf.mul(frameLoss, frameLossWeight));
  }

  /** One tensor per parameter, in the order of the layout. */
  private unpack(parameters: Float32Array): Tensor[] {
    return parameterLayout(this.definition.network).map(({ offset, size, dims }) =>
      this.tf.tensor(parameters.slice(offset, offset + size), [...dims]),
    );
  }

  private byName(slots: readonly Tensor[]): (name: string) => Tensor {
    const names = parameterLayout(this.definition.network).map((slot) => slot.name);
    return (name) => {
      const tensor = slots[names.indexOf(name)];
      if (!tensor) throw new RangeError(`the network has no parameter ${name}`);
      return tensor;
    };
  }

  private features(batch: TrainingBatch): Tensor {
    const { tf } = this;
    const { batchSize, windowFrames, network, featureFloors, normalisation } = this.definition;
    const shape = [batchSize, windowFrames, network.featureCount];
    const perWindow = [batchSize, 1, network.featureCount];
    const raw = tf.tensor(batch.features, shape);
    const gains = tf.tensor(batch.gains, perWindow);
    const floors = tf.tensor1d(featureFloors);
    const isLinear = tf.tensor1d(Array.from(featureFloors, (floor) => Number(floor === 0)));
    const isAmplitude = tf.tensor1d(amplitudeMask(this.definition));
    const magnitude = tf.mul(tf.relu(tf.sub(tf.exp(raw), floors)), gains);
    const noise = tf.tensor(batch.noise, shape);
    const powers = tf.add(tf.square(magnitude), tf.square(noise));
    // Where both are 0 the root has no gradient, but nothing is learnt before the features.
    const noisy = tf.add(tf.mul(tf.sqrt(powers), isAmplitude), tf.mul(tf.add(magnitude, noise), tf.sub(1, isAmplitude)));
    const inside = tf.add(noisy, floors);
    // The linear feature would be log(0) here; the harmless 1 is replaced right after.
    const logs = tf.log(tf.where(tf.cast(tf.broadcastTo(isLinear, shape), 'bool'), tf.onesLike(inside), inside));
    const augmented = tf.add(logs, tf.mul(raw, isLinear));
    return tf.mul(this.normalise(augmented, normalisation), tf.tensor(batch.mask, perWindow));
  }

  private normalise(features: Tensor, { mean, deviation }: TrainingDefinition['normalisation']): Tensor {
    const { tf } = this;
    return tf.div(tf.sub(features, tf.tensor1d(mean)), tf.tensor1d(deviation));
  }
}

/** 1 where a feature is an amplitude. */
function amplitudeMask({ amplitudes, featureFloors }: TrainingDefinition): Float32Array {
  return Float32Array.from(featureFloors, (_, i) => Number(i >= amplitudes.start && i < amplitudes.end));
}
