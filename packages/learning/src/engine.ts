import type { AdamOptions } from './autodiff/adam.js';
import type { NetworkSpec } from './network/network-spec.js';

/** Everything that is fixed during one training. */
export interface TrainingDefinition {
  readonly network: NetworkSpec;
  /** Mean and standard deviation of each feature over the training data, [featureCount] each. */
  readonly normalisation: Normalisation;
  /** The floor inside each feature's logarithm, [featureCount]; 0 marks a linear feature. */
  readonly featureFloors: Float32Array;
  /** Features [start, end) that are amplitudes, on which noise adds in power; the other logarithmic ones are powers. */
  readonly amplitudes: { readonly start: number; readonly end: number };
  /** Windows per step. */
  readonly batchSize: number;
  /** Frames per window; a multiple of gcd(chunk, stride). */
  readonly windowFrames: number;
  /** Weight of the frame loss beside the chunk loss. */
  readonly frameLossWeight: number;
  readonly adam: AdamOptions;
}

export interface Normalisation {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** One batch; B = batchSize, T = windowFrames, F = featureCount, K = chunks per window, L = types. */
export interface TrainingBatch {
  /** Raw features [B, T, F]. */
  readonly features: Float32Array;
  /** Factor on the value inside each feature's logarithm, [B, 1, F]; 1 changes nothing; linear features ignore it. */
  readonly gains: Float32Array;
  /** Added to the value inside each feature's logarithm (amplitudes: in power), [B, T, F], ≥ 0; 0 changes nothing; linear features ignore it. */
  readonly noise: Float32Array;
  /** Factor on each normalised feature, [B, 1, F]; 0 hides it. */
  readonly mask: Float32Array;
  /** Factor on each channel of the last hidden layer, [B, 1, channels]: 0 hides it; of mean 1. */
  readonly dropout: Float32Array;
  /** Labels 0-1 and weights ≥ 0 per chunk, [B, K, L]. */
  readonly chunkLabels: Float32Array;
  readonly chunkWeights: Float32Array;
  /** Labels 0-1 and weights ≥ 0 per frame, [B, T, L]. */
  readonly frameLabels: Float32Array;
  readonly frameWeights: Float32Array;
}

/** What a step changes; vectors of `parameterCountOf(network)`. */
export interface OptimiserState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Float32Array;
  readonly gradientMean: Float32Array;
  readonly gradientVariance: Float32Array;
}

export interface StepResult {
  readonly state: OptimiserState;
  readonly loss: number;
}

/** Logits of one stretch of features, row-major. */
export interface ScoredFeatures {
  /** [chunks, types] */
  readonly chunkLogits: Float32Array;
  /** [frames, types] */
  readonly frameLogits: Float32Array;
}

/** A training under way: stateless between calls, the state goes in and comes out. */
export interface TrainingSession {
  /** One optimiser step. */
  step(state: OptimiserState, batch: TrainingBatch, learningRate: number): Promise<StepResult>;
  /** Loss and its gradient, without stepping. */
  gradient(parameters: Float32Array, batch: TrainingBatch): Promise<{ readonly loss: number; readonly gradient: Float32Array }>;
  /** Scores raw features [frames, featureCount], frames ≥ one chunk. */
  score(parameters: Float32Array, features: Float32Array): Promise<ScoredFeatures>;
  close(): Promise<void>;
}

/** Devices that a training can be asked to run on. */
export type TrainingDevice = 'cpu' | 'cuda' | 'webgpu' | 'tfjs-gpu';

/** A way to compute training steps: ONNX Runtime or TensorFlow.js, interpreting the same network. */
export interface TrainingEngine {
  readonly device: TrainingDevice;
  /** Threads do not change results between runs, but a different number may change the last bits. */
  open(definition: TrainingDefinition, options: { readonly threads: number }): Promise<TrainingSession>;
}

/** The state before the first step. */
export function initialOptimiserState(parameters: Float32Array): OptimiserState {
  return {
    step: 0,
    parameters,
    gradientMean: new Float32Array(parameters.length),
    gradientVariance: new Float32Array(parameters.length),
  };
}
