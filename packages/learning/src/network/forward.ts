import type { ConvOptions } from '../autodiff/conv1d.js';
import type { ChunkGrid } from '../autodiff/chunk-pool.js';
import type { NetworkSpec } from './network-spec.js';

/** What an engine must be able to do to run the network; V is its kind of tensor, [batch, time, channels]. */
export interface NetworkOps<V> {
  conv1d(x: V, weight: V, bias: V, options: ConvOptions): V;
  layerNorm(x: V, gain: V, bias: V): V;
  relu(x: V): V;
  add(a: V, b: V): V;
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

/** Runs normalised features [batch, frames, featureCount] through the network, on any engine. */
export function forwardNetwork<V>(
  spec: NetworkSpec,
  ops: NetworkOps<V>,
  parameter: (name: string) => V,
  features: V,
): NetworkOutputs<V> {
  const block = (x: V, name: string, options: ConvOptions): V => {
    const convolved = ops.conv1d(x, parameter(`${name}.weight`), parameter(`${name}.bias`), options);
    return ops.relu(ops.layerNorm(convolved, parameter(`${name}.norm.gain`), parameter(`${name}.norm.bias`)));
  };
  let hidden = block(features, 'stem', { kernelSize: spec.stemKernel, dilation: 1 });
  for (const [i, dilation] of spec.dilations.entries()) {
    hidden = ops.add(hidden, block(hidden, `residual${i}`, { kernelSize: spec.residualKernel, dilation }));
  }
  hidden = ops.dropout(hidden);
  return {
    frameLogits: ops.dense(hidden, parameter('frame.weight'), parameter('frame.bias')),
    chunkLogits: ops.dense(ops.chunkPool(hidden, spec.grid), parameter('chunk.weight'), parameter('chunk.bias')),
  };
}
