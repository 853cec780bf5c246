import { dbToGain, rms } from '@earmark/audio';
import type { ArtifactContext, ArtifactKind } from './artifact-kind.js';
import { fadeEnds, mix, samplesPerMs, scale } from './samples.js';

const artifactType = 'echo';
const fadeMs = 10;
/** The room has been sounding for this long when the artifact begins, so that it is heard from its first moment. */
const preRollMs = 1200;

/** Clean plus wet, the wet part brought to the asked level relative to the clean samples beneath it. */
function withWet(context: ArtifactContext, wet: Float32Array): Float32Array | undefined {
  const { clean, startSample, lengthSamples, levelDb } = context;
  const dry = clean.slice(startSample, startSample + lengthSamples);
  const wetLevel = rms(wet);
  if (wetLevel === 0) return undefined;
  return mix(dry, fadeEnds(scale(wet, (rms(dry) * dbToGain(levelDb)) / wetLevel), fadeMs));
}

/** Two to four distinct repeats, 90-420 ms apart, each weaker than the one before. */
function makeDelayTaps(context: ArtifactContext): Float32Array | undefined {
  const { clean, startSample, lengthSamples, random } = context;
  const spacing = random.range(90, 420) * samplesPerMs;
  const decay = random.range(0.4, 0.75);
  const wet = new Float32Array(lengthSamples);
  for (let tap = 1, taps = random.int(2, 5); tap <= taps; tap++) {
    const delay = Math.round(tap * spacing * random.range(0.95, 1.05));
    for (let i = 0; i < lengthSamples; i++) wet[i] = (wet[i] as number) + decay ** tap * (clean[startSample + i - delay] ?? 0);
  }
  return withWet(context, wet);
}

/** A room of 0.4-1.6 s reverberation: four damped combs in parallel, two all-passes in series (Schroeder 1962, Moorer 1979). */
function makeReverb(context: ArtifactContext): Float32Array | undefined {
  const { clean, startSample, lengthSamples, random } = context;
  const from = Math.max(0, startSample - preRollMs * samplesPerMs);
  const source = clean.subarray(from, startSample + lengthSamples);
  const reverbSeconds = random.range(0.4, 1.6);
  const damping = random.range(0.1, 0.5);
  let room: Float32Array = new Float32Array(source.length);
  for (const [shortest, longest] of [
    [23, 28],
    [29, 34],
    [35, 40],
    [41, 47],
  ] as const) {
    const delayMs = random.range(shortest, longest);
    const feedback = 10 ** ((-3 * delayMs) / 1000 / reverbSeconds);
    room = mix(room, comb(source, Math.round(delayMs * samplesPerMs), feedback, damping));
  }
  for (const delayMs of [5, 1.7]) room = allPass(room, Math.round(delayMs * samplesPerMs), 0.7);
  return withWet(context, room.slice(startSample - from));
}

function comb(input: Float32Array, delay: number, feedback: number, damping: number): Float32Array {
  const out = new Float32Array(input.length);
  let smooth = 0;
  for (let i = delay; i < input.length; i++) {
    smooth = (1 - damping) * (out[i - delay] as number) + damping * smooth;
    out[i] = (input[i - delay] as number) + feedback * smooth;
  }
  return out;
}

function allPass(input: Float32Array, delay: number, gain: number): Float32Array {
  const out = new Float32Array(input.length);
  for (let i = 0; i < input.length; i++) {
    out[i] = -gain * (input[i] as number) + (input[i - delay] ?? 0) + gain * (out[i - delay] ?? 0);
  }
  return out;
}

/** Echo and reverberation over 0.5 to 2 s of speech. */
export const echoKinds: readonly ArtifactKind[] = [
  {
    artifactType,
    kind: 'delay_taps',
    minLengthMs: 500,
    maxLengthMs: 2000,
    placement: 'speech',
    inserts: false,
    make: makeDelayTaps,
  },
  { artifactType, kind: 'reverb', minLengthMs: 500, maxLengthMs: 2000, placement: 'speech', inserts: false, make: makeReverb },
];
