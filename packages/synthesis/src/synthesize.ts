import { createRandom } from '@earmark/audio';
import type { Random } from '@earmark/audio';
import type { ArtifactKind } from './artifact-kind.js';
import { ClipProfile } from './clip-profile.js';
import { artifactKinds, kindsNamed } from './registry.js';
import { clipToFullScale, samplesPerMs } from './samples.js';

/** What to put into a clip. */
export interface SynthesisOptions {
  readonly seed: number | string;
  /** Names of kinds or artifact types; default all (without a bank: all that need none). */
  readonly kinds?: readonly string[];
  /** Artifacts per minute of clean audio; default 6. */
  readonly densityPerMinute?: number;
  /** Exactly this many instead of a density; fewer only where the clip has no room. */
  readonly count?: number;
  /** Loudness relative to the speech around, drawn uniformly, in dB; default -12 to 0. */
  readonly levelDb?: { readonly min: number; readonly max: number };
  /** Clean audio between two artifacts and at both ends, in ms; default 800. */
  readonly minGapMs?: number;
  /** Other speech at the canonical rate, for foreign segments. */
  readonly bank?: readonly Float32Array[];
  /** Artifacts that the clip has already: they stay, with the gap around them, and `existing` of the result says where they are then. */
  readonly existing?: readonly ExistingEvent[];
}

/** An artifact that was there before, in ms. */
export interface ExistingEvent {
  readonly artifactType: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** An artifact in the finished clip, on whole milliseconds. */
export interface SynthesizedEvent {
  readonly artifactType: string;
  readonly kind: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** A clip with artifacts, and where they are, by time. */
export interface SynthesizedClip {
  readonly samples: Float32Array;
  readonly events: readonly SynthesizedEvent[];
  /** The artifacts of before at their new times, in the order given. */
  readonly existing: readonly ExistingEvent[];
}

/** Samples that take the place of `removed` samples of the clean clip. */
interface Edit {
  readonly kind: ArtifactKind;
  readonly startSample: number;
  readonly removed: number;
  readonly samples: Float32Array;
}

const triesPerArtifact = 40;
const quietReachMs = 250;

/**
 * Puts artifacts into clean speech at exactly known times; outside the events every sample is the clean one.
 * @param clean mono speech at the canonical rate, [n]
 * @returns the same result for the same clean audio and options
 * @throws RangeError on unknown names, or when only kinds are asked for that need a bank and there is none
 */
export function synthesize(clean: Float32Array, options: SynthesisOptions): SynthesizedClip {
  const random = createRandom(options.seed);
  const profile = new ClipProfile(clean);
  const kinds = usableKinds(options);
  const edits: Edit[] = [];
  for (let index = 0, count = artifactCount(clean.length, options, random); index < count; index++) {
    const edit = placeOne(clean, profile, kinds, edits, options, random.fork(`artifact:${index}`));
    if (edit) edits.push(edit);
  }
  edits.sort((a, b) => a.startSample - b.startSample);
  return { ...applyEdits(clean, edits), existing: (options.existing ?? []).map((event) => shifted(event, edits)) };
}

function usableKinds({ kinds, bank = [] }: SynthesisOptions): ArtifactKind[] {
  const named = kinds ? kindsNamed(kinds) : artifactKinds;
  const usable = named.filter((kind) => !kind.needsBank || bank.length > 0);
  if (usable.length === 0) throw new RangeError('none of these kinds can be made without a bank of other speech');
  return usable;
}

/** The density's expectation, rounded up or down at random so that it holds on average. */
function artifactCount(samples: number, { count, densityPerMinute = 6 }: SynthesisOptions, random: Random): number {
  const expected = (densityPerMinute * samples) / (60_000 * samplesPerMs);
  return count ?? Math.floor(expected) + (random.chance(expected % 1) ? 1 : 0);
}

function placeOne(
  clean: Float32Array,
  profile: ClipProfile,
  kinds: readonly ArtifactKind[],
  edits: readonly Edit[],
  options: SynthesisOptions,
  random: Random,
): Edit | undefined {
  const { bank = [], levelDb = { min: -12, max: 0 }, minGapMs = 800, existing = [] } = options;
  const taken = [
    ...edits.map(spanOf),
    ...existing.map(({ startMs, endMs }) => [startMs * samplesPerMs, endMs * samplesPerMs] as const),
  ];
  for (let attempt = 0; attempt < triesPerArtifact; attempt++) {
    const kind = drawKind(kinds, random);
    const lengthSamples = random.int(kind.minLengthMs, kind.maxLengthMs + 1) * samplesPerMs;
    const removed = kind.inserts ? 0 : lengthSamples;
    const startSample = drawStart(clean, profile, kind, removed, random);
    if (startSample === undefined || !isFree(startSample, removed, minGapMs * samplesPerMs, clean.length, taken)) continue;
    const level = random.range(levelDb.min, levelDb.max);
    const made = kind.make({ clean, startSample, lengthSamples, levelDb: level, profile, bank, random });
    if (made) return { kind, startSample, removed, samples: clipToFullScale(made) };
  }
  return undefined;
}

/** Draws the type first, so that a family with many kinds does not crowd out the others. */
function drawKind(kinds: readonly ArtifactKind[], random: Random): ArtifactKind {
  const type = random.pick([...new Set(kinds.map(({ artifactType }) => artifactType))]);
  return random.pick(kinds.filter(({ artifactType }) => artifactType === type));
}

function drawStart(
  clean: Float32Array,
  profile: ClipProfile,
  kind: ArtifactKind,
  removed: number,
  random: Random,
): number | undefined {
  const lastMs = Math.floor((clean.length - removed) / samplesPerMs);
  if (lastMs <= 0) return undefined;
  const drawn = random.int(0, lastMs) * samplesPerMs;
  switch (kind.placement) {
    case 'anywhere':
      return drawn;
    case 'quiet':
      return profile.quietestNear(drawn, quietReachMs);
    case 'speech':
      return profile.isSpeech(drawn, Math.max(removed, 20 * samplesPerMs)) ? drawn : undefined;
  }
}

/** Samples [start, end) of the clean clip. */
type Span = readonly [number, number];

function spanOf({ startSample, removed }: Edit): Span {
  return [startSample, startSample + removed];
}

function isFree(startSample: number, removed: number, gap: number, total: number, taken: readonly Span[]): boolean {
  const endSample = startSample + removed;
  if (startSample < gap || endSample > total - gap) return false;
  return taken.every(([start, end]) => endSample + gap <= start || startSample >= end + gap);
}

/** Whatever was put in before an event moves it. */
function shifted(event: ExistingEvent, edits: readonly Edit[]): ExistingEvent {
  const before = edits.filter(({ startSample }) => startSample <= event.startMs * samplesPerMs);
  const addedMs = before.reduce((sum, edit) => sum + edit.samples.length - edit.removed, 0) / samplesPerMs;
  return { ...event, startMs: event.startMs + addedMs, endMs: event.endMs + addedMs };
}

function applyEdits(clean: Float32Array, edits: readonly Edit[]): Omit<SynthesizedClip, 'existing'> {
  const added = edits.reduce((sum, edit) => sum + edit.samples.length - edit.removed, 0);
  const samples = new Float32Array(clean.length + added);
  const events: SynthesizedEvent[] = [];
  let read = 0;
  let written = 0;
  for (const edit of edits) {
    samples.set(clean.subarray(read, edit.startSample), written);
    written += edit.startSample - read;
    samples.set(edit.samples, written);
    const { artifactType, kind } = edit.kind;
    const startMs = written / samplesPerMs;
    events.push({ artifactType, kind, startMs, endMs: startMs + edit.samples.length / samplesPerMs });
    written += edit.samples.length;
    read = edit.startSample + edit.removed;
  }
  samples.set(clean.subarray(read), written);
  return { samples, events };
}
