import { createRandom, type Random } from '@earmark/audio';
import type { SoundEvent } from '@earmark/sound-events';
import { artifactKinds, changeSpeed, synthesize } from '@earmark/synthesis';
import type { FeatureSource } from './feature-source.js';
import type { Stretch } from './stretch.js';

/** How copies are made and where their features go. */
export interface CopyTools {
  readonly artifactTypes: readonly string[];
  readonly seed: number;
  readonly samplesPerMs: number;
  readonly extract: (wave: Float32Array) => Promise<Float32Array>;
  readonly shelf: FeatureShelf;
  readonly signal?: AbortSignal;
}

/** Keeps features outside of memory (or in it) for as long as a training lasts. */
export interface FeatureShelf {
  put(features: Float32Array): FeatureSource | Promise<FeatureSource>;
}

/** More copies than this teach little and take time. */
const MAX_COPIED_MS = 3_600_000;
const PIECE_MS = 60_000;
const SHORTEST_PIECE_MS = 3_000;
/** The host's speed, in octaves: a voice between those that were recorded. */
const HOST_OCTAVES = 0.16;
/** Other voices may sound further away still. */
const BANK_OCTAVES = 0.3;
const BANK_CHANGED = 0.7;
const BANK_SIZE = 120;
const BANK_MS = { shortest: 2_200, longest: 4_000, margin: 100 } as const;
const MIN_GAP_MS = 400;

/** Artifacts a minute, by family: kinds of types that the data does not have, or means differently by name, are not made. */
const FAMILIES = [
  { types: ['hallucination'], densityPerMinute: 5 },
  { types: ['glitch', 'echo'], densityPerMinute: 4 },
] as const;

/** Speech without artifacts, of a known or guessed voice. */
interface BankEntry {
  readonly group: string | undefined;
  readonly samples: Float32Array;
}

/**
 * Copies of training audio as new voices, with further artifacts of the data's own types at known places: played faster or slower, with
 * synthetic artifacts, foreign speech among them taken from other voices of the training audio. Nothing of the validation audio is heard.
 * Stretches without audio are left out. The same seed gives the same copies.
 */
export async function syntheticCopies(stretches: readonly Stretch[], tools: CopyTools): Promise<Stretch[]> {
  const random = createRandom(`copies ${tools.seed}`);
  const bank = await collectBank(stretches, random.fork('bank'), tools);
  const copies: Stretch[] = [];
  for (const [index, { stretch, startMs, endMs }] of drawPieces(stretches, random.fork('pieces'), tools).entries()) {
    tools.signal?.throwIfAborted();
    copies.push(await copyPiece(stretch, { startMs, endMs }, bank, random.fork(`copy ${index}`), tools));
  }
  return copies;
}

interface Piece {
  readonly stretch: Stretch;
  readonly startMs: number;
  readonly endMs: number;
}

/** Pieces of about a minute that cut no event, in random order, up to the limit. */
function drawPieces(stretches: readonly Stretch[], random: Random, { samplesPerMs }: CopyTools): Piece[] {
  const pieces = stretches.flatMap((stretch) => {
    const lengthMs = Math.floor((stretch.audio?.sampleCount ?? 0) / samplesPerMs);
    return cutPieces(stretch.events, lengthMs).map(([startMs, endMs]) => ({ stretch, startMs, endMs }));
  });
  let copiedMs = 0;
  return random.shuffle(pieces).filter(({ startMs, endMs }) => (copiedMs += endMs - startMs) <= MAX_COPIED_MS);
}

function cutPieces(events: readonly SoundEvent[], lengthMs: number): [number, number][] {
  const pieces: [number, number][] = [];
  for (let startMs = 0; startMs < lengthMs;) {
    let endMs = lengthMs - startMs < 2 * PIECE_MS ? lengthMs : startMs + PIECE_MS;
    for (const event of events) if (event.startMs < endMs && event.endMs > endMs) endMs = Math.ceil(event.endMs);
    endMs = Math.min(endMs, lengthMs);
    if (endMs - startMs >= SHORTEST_PIECE_MS) pieces.push([startMs, endMs]);
    startMs = endMs;
  }
  return pieces;
}

async function copyPiece(
  { fileId, group, audio, events }: Stretch,
  { startMs, endMs }: Pick<Piece, 'startMs' | 'endMs'>,
  bank: readonly BankEntry[],
  random: Random,
  { artifactTypes, samplesPerMs, extract, shelf }: CopyTools,
): Promise<Stretch> {
  const speed = 2 ** random.range(-HOST_OCTAVES, HOST_OCTAVES);
  const original = await audio!.read(startMs * samplesPerMs, endMs * samplesPerMs);
  let samples = changeSpeed(original, speed);
  const lengthMs = Math.floor(samples.length / samplesPerMs);
  const within = events.filter((event) => event.startMs >= startMs && event.endMs <= endMs);
  let known: SoundEvent[] = within.map(({ artifactType, ...event }) => ({
    artifactType,
    startMs: Math.round((event.startMs - startMs) / speed),
    endMs: Math.min(lengthMs, Math.round((event.endMs - startMs) / speed)),
  }));
  const others = bank.filter((entry) => entry.group !== group).map((entry) => entry.samples);
  for (const { types, densityPerMinute } of FAMILIES) {
    const kinds = usableKinds(types, artifactTypes, others.length > 0);
    if (kinds.length === 0) continue;
    const seed = random.int(0, 2 ** 31);
    const made = synthesize(samples, { seed, kinds, densityPerMinute, minGapMs: MIN_GAP_MS, bank: others, existing: known });
    samples = made.samples;
    known = [...made.existing, ...made.events.map(({ kind: _, ...event }) => event)];
  }
  const features = await shelf.put(await extract(samples));
  return { fileId: `${fileId} copy`, ...(group === undefined ? {} : { group }), features, events: known };
}

function usableKinds(types: readonly string[], wanted: readonly string[], hasBank: boolean): string[] {
  return artifactKinds
    .filter(
      ({ artifactType, needsBank }) => types.includes(artifactType) && wanted.includes(artifactType) && (hasBank || !needsBank),
    )
    .map(({ kind }) => kind);
}

/** Clean stretches of different files in random order, most of them at another speed. */
async function collectBank(
  stretches: readonly Stretch[],
  random: Random,
  { samplesPerMs, signal }: CopyTools,
): Promise<BankEntry[]> {
  const bank: BankEntry[] = [];
  const audible = stretches.filter(({ audio }) => audio !== undefined);
  const perStretch = Math.ceil(BANK_SIZE / Math.max(1, audible.length));
  for (const { group, audio, events } of random.shuffle(audible)) {
    signal?.throwIfAborted();
    const gaps = cleanGaps(events, Math.floor(audio!.sampleCount / samplesPerMs));
    for (const [startMs, endMs] of random.shuffle(gaps).slice(0, perStretch)) {
      const samples = await audio!.read(startMs * samplesPerMs, Math.min(endMs, startMs + BANK_MS.longest) * samplesPerMs);
      const speed = random.chance(BANK_CHANGED) ? 2 ** random.range(-BANK_OCTAVES, BANK_OCTAVES) : 1;
      bank.push({ group, samples: changeSpeed(samples, speed) });
      if (bank.length === BANK_SIZE) return bank;
    }
  }
  return bank;
}

/** Where nothing is annotated for long enough, [start, end) in ms, with a margin. */
function cleanGaps(events: readonly SoundEvent[], lengthMs: number): [number, number][] {
  const gaps: [number, number][] = [];
  let from = 0;
  for (const { startMs, endMs } of [
    ...[...events].sort((a, b) => a.startMs - b.startMs),
    { startMs: lengthMs, endMs: lengthMs },
  ]) {
    const gap: [number, number] = [Math.ceil(from + BANK_MS.margin), Math.floor(startMs - BANK_MS.margin)];
    if (gap[1] - gap[0] >= BANK_MS.shortest) gaps.push(gap);
    from = Math.max(from, endMs);
  }
  return gaps;
}
