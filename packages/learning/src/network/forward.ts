import type { ConvOptions } from '../autodiff/conv1d.js';
import type { Band } from '../autodiff/band-sum.js';
import type { ChunkGrid } from '../autodiff/chunk-pool.js';
import type { NetworkSpec } from './network-spec.js';

/** What an engine must be able to do to run the network; V is its kind of tensor, [batch, time, channels]. */
export interface NetworkOps<V> {
  conv1d(x: V, weight: V, bias: V, options: ConvOptions): V;
  layerNorm(x: V, gain: V, bias: V): V;
  relu(x: V): V;
  add(a: V, b: V): V;
  subtract(a: V, b: V): V;
  absolute(x: V): V;
  /** b has the shape of a, or one channel. */
  product(a: V, b: V): V;
  quotient(a: V, b: V): V;
  /** x + constant. */
  shift(x: V, constant: number): V;
  logistic(x: V): V;
  /** Sum over the positions of each one's band. */
  bandSum(x: V, band: Band): V;
  /** Joins channels. */
  concat(parts: readonly V[]): V;
  /** Mean over each chunk beside the maximum over it: [batch, time, C] → [batch, chunks, 2C]. */
  chunkPool(x: V, grid: ChunkGrid): V;
  dense(x: V, weight: V, bias: V): V;
  /** Hides channels at random in training; the identity otherwise. */
  dropout(x: V): V;
}

export interface NetworkOutputs<V> {
  /** Logits per frame, [batch, frames, types]: where exactly. */
  readonly frameLogits: V;
  /** Logits per chunk, [batch, chunks, types]: whether. */
  readonly chunkLogits: V;
}

/** Keeps the mean of a neighbourhood that counts for nothing finite. */
const GATE_FLOOR = 1e-3;

/** Runs normalised features [batch, frames, featureCount] through the network, on any engine. */
export function forwardNetwork<V>(
  spec: NetworkSpec,
  ops: NetworkOps<V>,
  parameter: (name: string) => V,
  features: V,
): NetworkOutputs<V> {
  const hidden = ops.dropout(convolve(spec, ops, parameter, features));
  const head = (x: V, name: string): V => ops.dense(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
  const pooled = ops.chunkPool(hidden, spec.grid);
  const own = head(pooled, 'chunk');
  return {
    frameLogits: head(hidden, 'frame'),
    chunkLogits: spec.contrast ? ops.add(own, head(contrast(spec.contrast, ops, parameter, pooled), 'mixed')) : own,
  };
}

function convolve<V>(spec: NetworkSpec, ops: NetworkOps<V>, parameter: (name: string) => V, features: V): V {
  const block = (x: V, name: string, options: ConvOptions): V =>
    normalised(ops, parameter, name, ops.conv1d(x, parameter(`${name}.weight`), parameter(`${name}.bias`), options));
  let hidden = block(features, 'stem', { kernelSize: spec.stemKernel, dilation: 1 });
  for (const [i, dilation] of spec.dilations.entries()) {
    hidden = ops.add(hidden, block(hidden, `residual${i}`, { kernelSize: spec.residualKernel, dilation }));
  }
  return hidden;
}

/**
 * How each chunk differs from its neighbourhood, [batch, chunks, hidden]: an embedding of every chunk beside the mean embedding of the
 * chunks some seconds away, each as much as a gate lets it count. A foreign voice stands out only against the one that speaks around it.
 */
function contrast<V>(
  band: NonNullable<NetworkSpec['contrast']>,
  ops: NetworkOps<V>,
  parameter: (name: string) => V,
  pooled: V,
): V {
  const head = (x: V, name: string): V => ops.dense(x, parameter(`${name}.weight`), parameter(`${name}.bias`));
  const embedding = head(pooled, 'embed');
  const gate = ops.logistic(head(pooled, 'gate'));
  const weight = ops.shift(ops.bandSum(gate, band), GATE_FLOOR);
  const around = ops.quotient(ops.bandSum(ops.product(embedding, gate), band), weight);
  const compared = [pooled, ops.absolute(ops.subtract(embedding, around)), ops.product(embedding, around)];
  return normalised(ops, parameter, 'mix', head(ops.concat(compared), 'mix'));
}

function normalised<V>(ops: NetworkOps<V>, parameter: (name: string) => V, name: string, x: V): V {
  return ops.relu(ops.layerNorm(x, parameter(`${name}.norm.gain`), parameter(`${name}.norm.bias`)));
}
