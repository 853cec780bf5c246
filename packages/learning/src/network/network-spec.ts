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
}

/** The network used unless told otherwise: 64 frames of context on either side tell a pause or an echo from what is usual. */
export function defaultNetwork(task: Pick<NetworkSpec, 'featureCount' | 'typeCount' | 'grid'>): NetworkSpec {
  return { version: 1, ...task, channels: 96, stemKernel: 5, residualKernel: 3, dilations: [1, 2, 4, 8, 16, 32] };
}

/** Frames on either side of a frame that influence its scores. */
export function contextFramesOf({ stemKernel, residualKernel, dilations }: NetworkSpec): number {
  const reach = dilations.reduce((sum, dilation) => sum + dilation, 0) * ((residualKernel - 1) / 2);
  return (stemKernel - 1) / 2 + reach;
}
