import type { Device, TrainingLane } from '@earmark/contracts';

/** What a training is asked to do, defaults filled in. */
export interface TrainingSettings {
  readonly artifactTypes: readonly string[];
  /** 1-100 */
  readonly epochs: number;
  /** 0.1-0.5 */
  readonly validationSplit: number;
  /** 0.0001-0.1 */
  readonly learningRate: number;
  /** 8-256 */
  readonly batchSize: number;
  /** 100-5000, whole frames. */
  readonly chunkSizeMs: number;
  /** 10 to chunkSizeMs, whole frames. */
  readonly strideMs: number;
  readonly seed: number;
  readonly device: Device;
  readonly augment: boolean;
  readonly earlyStopping: boolean;
  /** Steps of an epoch at least: little data is repeated more often. */
  readonly minStepsPerEpoch: number;
}

/** The network sees one frame every 10 ms, so chunk and stride are whole frames. */
const FRAME_MS = 10;

/** What a client says about it. */
export type AskedSettings = Omit<TrainingSettings, 'minStepsPerEpoch'>;

/** The settings as they will be used: chunk and stride are rounded to whole frames. */
export function resolveSettings(asked: AskedSettings, minStepsPerEpoch: number): TrainingSettings {
  return { ...asked, minStepsPerEpoch, chunkSizeMs: toWholeFrames(asked.chunkSizeMs), strideMs: toWholeFrames(asked.strideMs) };
}

function toWholeFrames(ms: number): number {
  return Math.max(1, Math.round(ms / FRAME_MS)) * FRAME_MS;
}

/** The kind of worker that a device asks for; `auto` takes what a cpu worker finds on its machine. */
export function laneOf(device: Device): TrainingLane {
  switch (device) {
    case 'cuda':
    case 'webgpu':
    case 'tfjs-gpu':
      return 'gpu';
    case 'auto':
    case 'cpu':
      return 'cpu';
  }
}
