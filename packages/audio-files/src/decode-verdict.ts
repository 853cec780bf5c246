import type { AudioContainer } from './sniff-audio.js';

/** Why a file cannot be used, as far as decoding can tell. */
export const decodeFailureCodes = [
  'empty',
  'undecodable',
  'truncated',
  'no_audio',
  'too_long',
  'too_many_channels',
  'bad_sample_rate',
  'limits_exceeded',
  'decoder_unavailable',
] as const;
export type DecodeFailureCode = (typeof decodeFailureCodes)[number];

export const decodeWarnings = ['silent', 'truncated'] as const;
export type DecodeWarning = (typeof decodeWarnings)[number];

/** The verdict on a file that cannot be used: thrown inside the sandbox, a plain value outside. */
export class DecodeRejection extends Error {
  override readonly name = 'DecodeRejection';
  constructor(
    readonly code: DecodeFailureCode,
    message: string,
  ) {
    super(message);
  }
}

/** What was found in a file that can be used. */
export interface DecodeFacts {
  readonly container: AudioContainer;
  /** For example `pcm_s16le`, `mp3`, `aac`, `vorbis`, `opus`, `flac`. */
  readonly codec: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of the decoded audio, not rounded. */
  readonly durationMs: number;
  /** Decoded samples of one channel at `sampleRateHz`. */
  readonly sampleCount: number;
  /** Samples of the canonical mono file; at least 1. */
  readonly canonicalSampleCount: number;
  /** What the container promised; null where it promises nothing. */
  readonly containerDurationMs: number | null;
  readonly warnings: readonly DecodeWarning[];
}

/** Bounds that a file must respect. */
export interface AudioBounds {
  readonly maxDurationMs: number;
  readonly maxChannels: number;
}

export const minSampleRateHz = 1_000;
export const maxSampleRateHz = 768_000;
/** Anything beyond is the noise of a broken stream: +12 dB over full scale. */
export const maxMagnitude = 4;
/** At or below -80 dB of full scale nobody hears anything. */
export const silentMagnitude = 1e-4;
/** With at least this share of the promised audio left, a cut file is still of use. */
const usableShare = 0.95;

/** @throws DecodeRejection unless rate and channels are such that decoding may begin */
export function checkShape(shape: { readonly sampleRateHz: number; readonly channels: number }, bounds: AudioBounds): void {
  const { sampleRateHz, channels } = shape;
  if (channels > bounds.maxChannels) {
    throw new DecodeRejection('too_many_channels', `The file has ${channels} channels; at most ${bounds.maxChannels} are taken.`);
  }
  if (!(sampleRateHz >= minSampleRateHz && sampleRateHz <= maxSampleRateHz)) {
    throw new DecodeRejection(
      'bad_sample_rate',
      `A sample rate of ${sampleRateHz} Hz is outside ${minSampleRateHz} to ${maxSampleRateHz} Hz.`,
    );
  }
}

/** @throws DecodeRejection when `durationMs` is more than the bounds allow */
export function checkDuration(durationMs: number, bounds: AudioBounds): void {
  if (durationMs <= bounds.maxDurationMs) return;
  const [found, allowed] = [durationMs, bounds.maxDurationMs].map((ms) => `${(ms / 60_000).toFixed(1)} minutes`);
  throw new DecodeRejection('too_long', `The audio lasts ${found} or more; at most ${allowed} are taken.`);
}

/** What a container promises about its audio. */
export interface Promised {
  /** Null where it promises nothing. */
  readonly promisedMs: number | null;
  /** What codecs of this container may add or drop at the ends; 0 where every sample counts. */
  readonly toleranceMs: number;
  readonly isCompressed: boolean;
  /** The file is known to end early, though its length is not known. */
  readonly isCut: boolean;
}

/**
 * Compares what was decoded with what the container promised.
 * @returns whether something is missing, though little
 * @throws DecodeRejection `empty` when there is nothing to decode, `undecodable` when nothing could be decoded,
 *   `truncated` when less than 95 % is left
 */
export function checkCompleteness(decodedMs: number, promised: Promised): boolean {
  const { promisedMs, toleranceMs, isCut } = promised;
  if (decodedMs === 0) checkNothing(promised);
  if (promisedMs === null || promisedMs - decodedMs <= toleranceMs) return isCut;
  if (decodedMs / promisedMs >= usableShare) return true;
  const [left, all] = [decodedMs, promisedMs].map((ms) => `${(ms / 1000).toFixed(2)} s`);
  throw new DecodeRejection('truncated', `Only ${left} of the ${all} that the file announces could be decoded.`);
}

function checkNothing({ promisedMs, isCompressed, isCut }: Promised): void {
  if (isCut) throw new DecodeRejection('truncated', 'The file ends before any of its audio could be decoded.');
  if (promisedMs === 0 || (promisedMs === null && !isCompressed))
    throw new DecodeRejection('empty', 'The file holds no audio samples.');
  if (isCompressed) throw new DecodeRejection('undecodable', 'None of the audio in the file could be decoded.');
}
