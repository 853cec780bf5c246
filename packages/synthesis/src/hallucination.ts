import { dbToGain, rms } from '@earmark/audio';
import type { Random } from '@earmark/audio';
import type { ArtifactContext, ArtifactKind } from './artifact-kind.js';
import { fadeEnds, scale } from './samples.js';

const artifactType = 'hallucination';
const fadeMs = 5;
const maxTries = 20;
const loudEnough = 0.7;

/** A stretch about as loud as its source, so that it is speech rather than a pause; undefined when none turned up. */
function speechSegment(source: Float32Array, length: number, random: Random): Float32Array | undefined {
  const usual = rms(source);
  for (let attempt = 0; attempt < maxTries && source.length > length; attempt++) {
    const start = random.int(0, source.length - length);
    if (usual > 0 && rms(source, start, start + length) >= loudEnough * usual) return source.slice(start, start + length);
  }
  return undefined;
}

/** Brings a segment to the clip's speech level, at most 6 dB below it, and softens its edges. */
function spoken(segment: Float32Array, { profile, levelDb }: ArtifactContext): Float32Array {
  const level = rms(segment);
  const target = profile.speechRms * dbToGain(Math.max(-6, levelDb));
  return fadeEnds(level > 0 ? scale(segment, target / level) : segment, fadeMs);
}

/** Other speech than the clip's: another voice, another language, whatever the bank holds. */
function makeForeignSpeech(context: ArtifactContext): Float32Array | undefined {
  const segment = speechSegment(context.random.pick(context.bank), context.lengthSamples, context.random);
  return segment && spoken(segment, context);
}

/** The clip's own voice saying nothing: a stretch of it backwards. */
function makeReversedSpeech(context: ArtifactContext): Float32Array | undefined {
  const segment = speechSegment(context.clean, context.lengthSamples, context.random);
  return segment && spoken(segment.reverse(), context);
}

/** What was just said, once more. */
function makeRepeatedSegment({ clean, startSample, lengthSamples, profile }: ArtifactContext): Float32Array | undefined {
  const from = startSample - lengthSamples;
  if (from < 0 || !profile.isSpeech(from, lengthSamples)) return undefined;
  return fadeEnds(clean.slice(from, startSample), fadeMs);
}

const common = { artifactType, minLengthMs: 500, maxLengthMs: 1800, placement: 'quiet', inserts: true } as const;

/** Speech that nobody asked for. */
export const hallucinationKinds: readonly ArtifactKind[] = [
  { ...common, kind: 'foreign_speech', needsBank: true, make: makeForeignSpeech },
  { ...common, kind: 'reversed_speech', make: makeReversedSpeech },
  { ...common, kind: 'repeated_segment', make: makeRepeatedSegment },
];
