import { createRandom } from '@earmark/audio';
import { countTypes } from './split-unit.js';
import type { Portion, SplitFile, SplitUnit } from './split-unit.js';
import { stratify } from './stratify.js';
import { timeBlockUnits, withGuards } from './time-blocks.js';

/** Training and validation audio, which share no file (but for a single file: no time, with a guard between). */
export interface Split {
  readonly train: readonly Portion[];
  readonly validation: readonly Portion[];
  /**
   * What was kept together: speakers or sources that the files name, voices that somebody guessed, or only files: where a file has no
   * group, or where holding out whole groups would miss the wanted share by far.
   */
  readonly unit: 'group' | 'voice' | 'file' | 'time_block';
  /** True for a single file, cut into time blocks: its figures say little about other files. */
  readonly smallData: boolean;
}

/** How to split. */
export interface SplitOptions {
  /** Share of the audio for validation, above 0 and below 1. */
  readonly validationShare: number;
  readonly seed: number | string;
  /** Audio dropped between time blocks of different sides, in ms; default 2000. */
  readonly guardMs?: number;
  /** What the groups are; default `group`. */
  readonly groupsAre?: 'group' | 'voice';
}

/**
 * Seeded split, stratified by artifact type. Groups stay together; when the groups are too few or too uneven for the wanted share
 * (off by more than a factor of two), files do. The order of `files` does not matter.
 * @throws RangeError without files, with a file without length, or with a share outside (0, 1)
 */
export function splitFiles(files: readonly SplitFile[], options: SplitOptions): Split {
  const { validationShare: share, guardMs = 2000 } = options;
  if (!(share > 0 && share < 1)) throw new RangeError('the validation share must be above 0 and below 1');
  if (files.length === 0 || files.some((file) => !(file.durationMs > 0)))
    throw new RangeError('only files with audio can be split');
  const random = createRandom(options.seed);
  const sorted = [...files].sort((a, b) => (a.fileId < b.fileId ? -1 : Number(a.fileId > b.fileId)));
  const [only] = sorted;
  if (only && sorted.length === 1) {
    const sides = stratify(timeBlockUnits(only, share), share, random.fork('blocks'));
    return { ...withGuards(portionsOf(sides.train), portionsOf(sides.validation), guardMs), unit: 'time_block', smallData: true };
  }
  const contents = groupUnits(sorted, () => undefined);
  const groups = groupUnits(sorted, ({ group }) => group);
  const named = sorted.every(({ group }) => group !== undefined) ? (options.groupsAre ?? 'group') : 'file';
  if (groups.length > 1 && groups.length < contents.length) {
    const sides = stratify(groups, share, random.fork('groups'));
    const reached = totalMs(sides.validation) / (totalMs(sides.train) + totalMs(sides.validation));
    if (reached >= share / 2 && reached <= Math.min(2 * share, (1 + share) / 2)) return split(sides, named);
  }
  const sides = stratify(contents.length > 1 ? contents : sorted.map((file) => unitOf([file])), share, random.fork('files'));
  return split(sides, groups.length === contents.length && groups.length > 1 ? named : 'file');
}

function split(sides: { train: readonly SplitUnit[]; validation: readonly SplitUnit[] }, unit: Split['unit']): Split {
  return { train: portionsOf(sides.train), validation: portionsOf(sides.validation), unit, smallData: false };
}

/** Files that share a group or their content, directly or through others. */
function groupUnits(files: readonly SplitFile[], groupOf: (file: SplitFile) => string | undefined): SplitUnit[] {
  const parents = files.map((_, index) => index);
  const rootOf = (index: number): number => (parents[index] === index ? index : rootOf(parents[index] as number));
  const firstWith = new Map<string, number>();
  for (const [index, file] of files.entries()) {
    // The prefixes keep a group named like a content apart from it.
    const keys = [prefixed('group', groupOf(file)), prefixed('content', file.contentId)].filter((key) => key !== undefined);
    for (const key of keys) {
      const first = firstWith.get(key) ?? index;
      firstWith.set(key, first);
      parents[rootOf(index)] = rootOf(first);
    }
  }
  const units = new Map<number, SplitFile[]>();
  for (const [index, file] of files.entries()) units.set(rootOf(index), [...(units.get(rootOf(index)) ?? []), file]);
  return [...units.values()].map(unitOf);
}

function prefixed(prefix: string, name: string | undefined): string | undefined {
  return name === undefined ? undefined : `${prefix}:${name}`;
}

function unitOf(files: readonly SplitFile[]): SplitUnit {
  return {
    portions: files.map(({ fileId, durationMs }) => ({ fileId, startMs: 0, endMs: durationMs })),
    durationMs: files.reduce((sum, file) => sum + file.durationMs, 0),
    eventCounts: countTypes(files.flatMap((file) => file.events)),
  };
}

function portionsOf(units: readonly SplitUnit[]): Portion[] {
  return units
    .flatMap((unit) => unit.portions)
    .sort((a, b) => (a.fileId < b.fileId ? -1 : Number(a.fileId > b.fileId)) || a.startMs - b.startMs);
}

function totalMs(units: readonly SplitUnit[]): number {
  return units.reduce((sum, unit) => sum + unit.durationMs, 0);
}
