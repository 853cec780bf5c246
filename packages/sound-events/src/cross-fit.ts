import { createRandom } from '@earmark/audio';
import type { SoundEvent } from './sound-event.js';

/** What folds are made of. */
export interface FoldedFile {
  readonly references: readonly SoundEvent[];
  /** Speaker or source; files of one group stay in one fold. A file without one is its own group. */
  readonly group?: string;
}

/** Every file, judged by what was fitted without it. */
export interface CrossFitted<J> {
  /** In the order of the files. */
  readonly judged: readonly J[];
  /** False for a single file, which judged itself. */
  readonly crossFitted: boolean;
}

/**
 * Two-fold cross-fitting: each half of the files is judged by what the other half fitted (calibration, thresholds), so that no figure
 * comes from the files that chose its settings. Groups stay together; where all files are of one group, files are dealt.
 * @param fit fits on some files and returns how to judge others
 * @throws RangeError without files
 */
export function crossFit<F extends FoldedFile, J>(
  files: readonly F[],
  fit: (files: readonly F[]) => (file: F) => J,
  seed: number | string,
): CrossFitted<J> {
  if (files.length === 0) throw new RangeError('no validation files to fit on');
  if (files.length === 1) return { judged: files.map(fit(files)), crossFitted: false };
  const foldOf = foldsOf(files, seed);
  const judges = [1, 0].map((other) => fit(files.filter((_, index) => foldOf[index] === other)));
  return { judged: files.map((file, index) => judges[foldOf[index] as 0 | 1]!(file)), crossFitted: true };
}

/** Deals the groups, those with most events first and equals in seeded random order, to two folds in turns (A B B A). */
function foldsOf(files: readonly FoldedFile[], seed: number | string): number[] {
  const byGroup = new Map<string | number, number[]>();
  for (const [index, { group = index }] of files.entries()) byGroup.set(group, [...(byGroup.get(group) ?? []), index]);
  const units = byGroup.size > 1 ? [...byGroup.values()] : files.map((_, index) => [index]);
  const eventsOf = (unit: readonly number[]): number =>
    unit.reduce((sum, index) => sum + (files[index]?.references.length ?? 0), 0);
  const order = createRandom(seed)
    .shuffle(units)
    .sort((a, b) => eventsOf(b) - eventsOf(a));
  const folds = new Array<number>(files.length).fill(0);
  for (const [turn, unit] of order.entries()) for (const index of unit) folds[index] = turn % 4 === 0 || turn % 4 === 3 ? 0 : 1;
  return folds;
}
