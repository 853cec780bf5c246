// Small deterministic signals for tests: mono float samples in -1..1 of `durationMs` at `sampleRateHz`.

export interface SignalShape {
  durationMs: number;
  /** Default 16,000. */
  sampleRateHz?: number;
}

const sampleCountOf = ({ durationMs, sampleRateHz = 16_000 }: SignalShape): number =>
  Math.round((durationMs * sampleRateHz) / 1000);

/** Digital silence. */
export function silence(shape: SignalShape): Float32Array {
  return new Float32Array(sampleCountOf(shape));
}

/** A sine of `frequencyHz` (440) and peak `amplitude` (0.5), phase 0. */
export function sine(shape: SignalShape & { frequencyHz?: number; amplitude?: number }): Float32Array {
  const { frequencyHz = 440, amplitude = 0.5, sampleRateHz = 16_000 } = shape;
  const step = (2 * Math.PI * frequencyHz) / sampleRateHz;
  return silence(shape).map((_, index) => amplitude * Math.sin(step * index));
}

/** White noise, uniform in ±`amplitude` (0.1); the same seed gives the same samples. */
export function noise(shape: SignalShape & { seed?: number; amplitude?: number }): Float32Array {
  const random = uniform(shape.seed ?? 1);
  const amplitude = shape.amplitude ?? 0.1;
  return silence(shape).map(() => amplitude * (2 * random() - 1));
}

/**
 * Something with the gross shape of speech: harmonics of a wandering 90-220 Hz voice under two moving formants, in syllables of
 * about 200 ms with pauses between, and a little breath noise. Peak below 0.6.
 */
export function speechLike(shape: SignalShape & { seed?: number }): Float32Array {
  const sampleRateHz = shape.sampleRateHz ?? 16_000;
  const random = uniform(shape.seed ?? 1);
  const breath = noise({ ...shape, seed: (shape.seed ?? 1) + 1, amplitude: 0.003 });
  let phase = 0;
  let syllable = nextSyllable(random, 0, sampleRateHz);
  return breath.map((quiet, index) => {
    if (index >= syllable.endSample) syllable = nextSyllable(random, index, sampleRateHz);
    phase += syllable.pitchHz / sampleRateHz;
    const progress = (index - syllable.startSample) / syllable.voicedSamples;
    return progress >= 1 ? quiet : quiet + 0.5 * Math.sin(Math.PI * progress) ** 2 * voice(phase, syllable);
  });
}

interface Syllable {
  startSample: number;
  voicedSamples: number;
  endSample: number;
  pitchHz: number;
  formantsHz: readonly [number, number];
}

function nextSyllable(random: () => number, startSample: number, sampleRateHz: number): Syllable {
  const voicedSamples = Math.round((0.12 + 0.16 * random()) * sampleRateHz);
  const pauseSamples = Math.round((random() < 0.15 ? 0.25 : 0.03) * sampleRateHz);
  return {
    startSample,
    voicedSamples,
    endSample: startSample + voicedSamples + pauseSamples,
    pitchHz: 90 + 130 * random(),
    formantsHz: [300 + 500 * random(), 900 + 1_500 * random()],
  };
}

/** Harmonics 1-16 at `phase` (in periods), weighted by their distance from the formants; -1..1. */
function voice(phase: number, { pitchHz, formantsHz }: Syllable): number {
  let sum = 0;
  let weights = 0;
  for (let harmonic = 1; harmonic <= 16; harmonic += 1) {
    const weight = formantsHz.reduce((total, formantHz) => total + 1 / (1 + ((harmonic * pitchHz - formantHz) / 150) ** 2), 0.02);
    sum += weight * Math.sin(2 * Math.PI * harmonic * phase);
    weights += weight;
  }
  return sum / weights;
}

/** mulberry32: 32 bits of state, uniform in [0, 1). */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
