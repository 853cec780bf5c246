import type { Random } from '@earmark/audio';
import { amplitudeFeatures, featureCountOf, silenceFeature, type FeatureSpec } from '../features/feature-spec.js';

/** What a channel does to one window of features; rows as in `TrainingBatch`. */
export interface AugmentationRow {
  /** [T, F]; the share of silence is changed here, everything else in the graph. */
  readonly frames: Float32Array;
  /** [F] */
  readonly gains: Float32Array;
  /** [T, F] */
  readonly noise: Float32Array;
  /** [F] */
  readonly mask: Float32Array;
}

/** White noise of amplitude `amplitude` as it looks inside the features' logarithms, [frames, featureCount]. */
export interface NoiseTexture {
  readonly amplitude: number;
  readonly values: Float32Array;
}

const GAIN_DB = 10;
const TILT_DB = 8;
const RIPPLE_DB = 3;
const NOISE_PROBABILITY = 0.5;
const NOISE_AMPLITUDE_LOG10 = [-5, -2.5] as const;
const BAND_MASK_PROBABILITY = 0.5;
const MAX_MASKED_BANDS = 7;
const WARP_PROBABILITY = 0.5;
const MAX_WARP = 0.08;

/** Draws gain, tilt, ripple, noise and a hidden band for one window: other rooms, microphones and codecs than those heard. */
export function drawChannel(random: Random, spec: FeatureSpec, texture: NoiseTexture, row: AugmentationRow): void {
  const amplitude = random.chance(NOISE_PROBABILITY) ? 10 ** random.range(...NOISE_AMPLITUDE_LOG10) : 0;
  const gain = drawGains(random, spec, row.gains);
  changeSilence(row.frames, spec, gain, amplitude);
  if (amplitude > 0) drawNoise(random, spec, texture, amplitude, row.noise);
  if (random.chance(BAND_MASK_PROBABILITY)) {
    const width = random.int(1, MAX_MASKED_BANDS);
    const first = random.int(0, spec.melBands - width);
    row.mask.fill(0, first, first + width);
  }
}

/** Returns the factor on the amplitude as a whole. */
function drawGains(random: Random, spec: FeatureSpec, gains: Float32Array): number {
  const gainDb = random.range(-GAIN_DB, GAIN_DB);
  const tiltDb = random.range(-TILT_DB, TILT_DB);
  const rippleDb = random.range(0, RIPPLE_DB);
  const cycles = random.range(0.5, 3);
  const phase = random.range(0, 2 * Math.PI);
  for (let band = 0; band < spec.melBands; band++) {
    const position = band / (spec.melBands - 1);
    const colourDb = tiltDb * (position - 0.5) + rippleDb * Math.sin(2 * Math.PI * cycles * position + phase);
    gains[band] = 10 ** ((gainDb + colourDb) / 10);
  }
  // The second difference hears mostly the top of the spectrum, the plain amplitude its middle.
  const [curvature, loudness] = [10 ** ((gainDb + tiltDb / 2) / 20), 10 ** (gainDb / 20)];
  gains.set([curvature, curvature, loudness, loudness], amplitudeFeatures(spec).start);
  return loudness;
}

/**
 * The share of near-silent samples after a gain, then after Gaussian noise on the silence. With exponentially distributed amplitudes of
 * mean m the share is about a / (a + m) at the silence amplitude a, so a gain divides its odds; digital silence stays what it is.
 */
function changeSilence(frames: Float32Array, spec: FeatureSpec, gain: number, noiseAmplitude: number): void {
  const featureCount = featureCountOf(spec);
  const left = 1 / (1 + (2.5 * noiseAmplitude) / spec.silenceAmplitude);
  for (let i = silenceFeature(spec); i < frames.length; i += featureCount) {
    const share = frames[i]!;
    frames[i] = (left * share) / (share + gain * (1 - share));
  }
}

function drawNoise(random: Random, spec: FeatureSpec, texture: NoiseTexture, amplitude: number, noise: Float32Array): void {
  const featureCount = featureCountOf(spec);
  const factor = amplitude / texture.amplitude;
  const tiltDb = random.range(-20, 5);
  const factors = Float32Array.from({ length: featureCount }, (_, i) =>
    i < spec.melBands ? factor * factor * 10 ** ((tiltDb * i) / spec.melBands / 10) : factor,
  );
  const start = random.int(0, texture.values.length / featureCount - noise.length / featureCount) * featureCount;
  for (let i = 0; i < noise.length; i++) noise[i] = texture.values[start + i]! * factors[i % featureCount]!;
}

/** Stretches or squeezes the mel bands of frames [T, F] in place, as a longer or shorter vocal tract would, or leaves them. */
export function warp(random: Random, spec: FeatureSpec, frames: Float32Array): void {
  if (!random.chance(WARP_PROBABILITY)) return;
  const featureCount = featureCountOf(spec);
  const factor = 1 + random.range(-MAX_WARP, MAX_WARP);
  const last = spec.melBands - 1;
  const plain = new Float32Array(spec.melBands);
  for (let row = 0; row < frames.length; row += featureCount) {
    plain.set(frames.subarray(row, row + spec.melBands));
    for (let band = 0; band < spec.melBands; band++) {
      const position = Math.min(last, band * factor);
      const lower = Math.min(last - 1, Math.floor(position));
      const share = position - lower;
      frames[row + band] = plain[lower]! * (1 - share) + plain[lower + 1]! * share;
    }
  }
}
