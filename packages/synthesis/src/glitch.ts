import { dbToGain, peak } from '@earmark/audio';
import type { Random } from '@earmark/audio';
import type { ArtifactContext, ArtifactKind } from './artifact-kind.js';
import { fadeEnds, mix, samplesPerMs, scaleToPeak } from './samples.js';

const artifactType = 'glitch';

/** The clean samples that a glitch stands on. */
function underneath({ clean, startSample, lengthSamples }: ArtifactContext): Float32Array {
  return clean.slice(startSample, startSample + lengthSamples);
}

/** Peak amplitude for an added sound: the louder of the spot and the clip's speech, at the asked level. */
function addedPeak(context: ArtifactContext): number {
  return Math.max(peak(underneath(context)), 3 * context.profile.speechRms) * dbToGain(context.levelDb);
}

/** An added sound over the clean samples; the sound's largest sample gets the asked level. */
function added(context: ArtifactContext, sound: Float32Array): Float32Array {
  return mix(underneath(context), scaleToPeak(sound, addedPeak(context)));
}

/** Sharp impulses, the first at the start and the last close to the end, each ringing for a millisecond or two. */
function makeClick(context: ArtifactContext): Float32Array {
  const { lengthSamples, random } = context;
  const sound = new Float32Array(lengthSamples);
  const ring = 2 * samplesPerMs;
  const between = Array.from({ length: random.int(0, 3) }, () => random.int(ring, lengthSamples - ring));
  for (const at of [0, ...between, lengthSamples - ring]) {
    const pitch = random.range(1.2, 2.9);
    const sign = random.chance(0.5) ? 1 : -1;
    for (let i = 0; i < ring; i++) {
      sound[at + i] = (sound[at + i] as number) + sign * Math.cos(pitch * i) * Math.exp((-5 * i) / ring);
    }
  }
  return added(context, sound);
}

/** A low thump: a decaying tone of 50-220 Hz, as from a plosive or a loose contact. */
function makePop(context: ArtifactContext): Float32Array {
  const { lengthSamples, random } = context;
  const turns = (random.range(50, 220) / (1000 * samplesPerMs)) * 2 * Math.PI;
  const decay = random.range(1.5, 3.5);
  const sound = Float32Array.from(
    { length: lengthSamples },
    (_, i) => Math.cos(turns * i) * Math.exp((-decay * i) / lengthSamples),
  );
  return added(context, fadeEnds(sound, 0.5));
}

/** Samples that never arrived: silence, or next to it, with hard edges. */
function makeDropout(context: ArtifactContext): Float32Array {
  const left = context.random.chance(0.7) ? 0 : dbToGain(context.random.range(-50, -35));
  return underneath(context).map((sample) => sample * left);
}

/** Overdriven by 6 to 26 dB and cut flat; louder levels drive harder. */
function makeClip(context: ArtifactContext): Float32Array {
  const clean = underneath(context);
  const ceiling = Math.max(peak(clean), context.profile.speechRms) * context.random.range(0.7, 1);
  const drive = dbToGain(Math.max(6, context.random.range(12, 26) + context.levelDb / 2));
  return clean.map((sample) => Math.max(-ceiling, Math.min(ceiling, sample * drive)));
}

/** A burst of white, dark or bright noise with steep edges. */
function makeNoiseBurst(context: ArtifactContext): Float32Array {
  const { lengthSamples, random } = context;
  const sound = colouredNoise(lengthSamples, random.range(-0.8, 0.9), random);
  return added(context, fadeEnds(sound, 1));
}

/** One-pole noise: colour from -1 (bright) over 0 (white) to 1 (dark). */
function colouredNoise(length: number, colour: number, random: Random): Float32Array {
  let last = 0;
  return Float32Array.from({ length }, () => (last = colour * last + random.gaussian()));
}

/** The last moments once more, or in two halves twice, without any cross-fade. */
function makeStutter({ clean, startSample, lengthSamples, random }: ArtifactContext): Float32Array | undefined {
  if (startSample < lengthSamples) return undefined;
  const period = random.chance(0.5) ? lengthSamples : Math.ceil(lengthSamples / 2);
  return Float32Array.from({ length: lengthSamples }, (_, i) => clean[startSample - period + (i % period)] as number);
}

/** Short disturbances of 10 to 80 ms. */
export const glitchKinds: readonly ArtifactKind[] = [
  { artifactType, kind: 'click', minLengthMs: 10, maxLengthMs: 30, placement: 'anywhere', inserts: false, make: makeClick },
  { artifactType, kind: 'pop', minLengthMs: 20, maxLengthMs: 80, placement: 'anywhere', inserts: false, make: makePop },
  { artifactType, kind: 'dropout', minLengthMs: 20, maxLengthMs: 80, placement: 'speech', inserts: false, make: makeDropout },
  { artifactType, kind: 'clip', minLengthMs: 20, maxLengthMs: 80, placement: 'speech', inserts: false, make: makeClip },
  {
    artifactType,
    kind: 'noise_burst',
    minLengthMs: 10,
    maxLengthMs: 80,
    placement: 'anywhere',
    inserts: false,
    make: makeNoiseBurst,
  },
  { artifactType, kind: 'stutter', minLengthMs: 30, maxLengthMs: 80, placement: 'speech', inserts: true, make: makeStutter },
];
