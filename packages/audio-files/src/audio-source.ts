import type { Promised } from './decode-verdict.js';
import type { AudioContainer } from './sniff-audio.js';

/** A piece of decoded audio: channels [channels][n], full scale -1 to 1. */
export interface PcmBlock {
  readonly channels: readonly Float32Array[];
  readonly sampleRateHz: number;
}

/** An opened audio file: what its headers say, and the way to its samples. */
export interface AudioSource extends Promised {
  readonly container: AudioContainer;
  readonly codec: string;
  readonly sampleRateHz: number;
  /** 0 when only decoding will tell. */
  readonly channels: number;
  /** Decodes from the beginning, once. */
  readonly blocks: () => AsyncGenerator<PcmBlock>;
}
