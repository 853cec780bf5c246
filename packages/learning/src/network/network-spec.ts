import type { Band } from '../autodiff/band-sum.js';
import type { ChunkGrid } from '../autodiff/chunk-pool.js';

/** The detector's network; plain JSON. Every engine and the exporter interpret this same value. */
export interface NetworkSpec {
  readonly version: 1;
  readonly featureCount: number;
  /** Artifact types, one score each. */
  readonly typeCount: number;
  readonly channels: number;
  /** First convolution over time, in frames. */
  readonly stemKernel: number;
  /** Residual convolutions over time. */
  readonly residualKernel: number;
  readonly dilations: readonly number[];
  /** The grid on which chunk scores are given. */
  readonly grid: ChunkGrid;
  /** Compares each chunk with those `near` to `far` chunks away; models without it judge a chunk by itself.
   * Not in the default network: exported as a difference of average pools it differs from training by up to 5e-5, above the parity limit. */
  readonly contrast?: Contrast;
}

export interface Contrast extends Band {
  /** Channels of a chunk's embedding. */
  readonly size: number;
  readonly hidden: number;
}

/** The network used unless told otherwise: 64 frames of context on either side tell a pause or an echo from what is usual. */
export function defaultNetwork(task: Pick<NetworkSpec, 'featureCount' | 'typeCount' | 'grid'>): NetworkSpec {
  return { version: 1, ...task, channels: 96, stemKernel: 5, residualKernel: 3, dilations: [1, 2, 4, 8, 16, 32] };
}

/** Frames on either side of a frame that influence its frame scores. */
export function localContextFramesOf({ stemKernel, residualKernel, dilations }: NetworkSpec): number {
  const reach = dilations.reduce((sum, dilation) => sum + dilation, 0) * ((residualKernel - 1) / 2);
  return (stemKernel - 1) / 2 + reach;
}

/** Frames on either side of a frame or chunk that influence any of its scores. */
export function contextFramesOf(spec: NetworkSpec): number {
  const { contrast, grid } = spec;
  const around = contrast ? contrast.far * grid.strideFrames + grid.chunkFrames : 0;
  return localContextFramesOf(spec) + around;
}
