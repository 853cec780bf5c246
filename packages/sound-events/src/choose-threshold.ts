import type { ScoredFile } from './sound-event.js';
import { sweepThresholds } from './threshold-sweep.js';
import type { SweepPoint, SweepSettings } from './threshold-sweep.js';

/** How a threshold is chosen from a sweep. */
export interface ThresholdChoice {
  /** Points on each side whose placed F1 is averaged in, so that a plateau wins over a lucky peak; default 3. */
  readonly neighbours?: number;
  /** Thresholds with more false alarms are passed over as long as a quieter one finds anything at all. */
  readonly maxFalseAlarmsPerHour?: number;
  /** Taken when nothing can be learnt: no reference events, or none ever found; default 0.5. */
  readonly fallback?: number;
}

/** One threshold per artifact type, 0 to 1. */
export type Thresholds = Readonly<Record<string, number>>;

/**
 * The threshold with the best placed F1 (the overlap F1 where nothing is placed), averaged over its neighbours on the sweep; of several
 * equally good ones the middle.
 * @param sweep points in ascending order of threshold
 */
export function chooseThreshold(sweep: readonly SweepPoint[], choice: ThresholdChoice = {}): number {
  const { neighbours = 3, maxFalseAlarmsPerHour = Infinity, fallback = 0.5 } = choice;
  const scoreOf = sweep.some((point) => point.placed > 0) ? placedF1 : overlapF1;
  const smooth = sweep.map((_, index) => meanOf(scoreOf, sweep.slice(Math.max(0, index - neighbours), index + neighbours + 1)));
  const finds = sweep.map((point, index) => (point.truePositives > 0 ? index : -1)).filter((index) => index >= 0);
  const quiet = finds.filter((index) => (sweep[index]?.falseAlarmsPerHour ?? 0) <= maxFalseAlarmsPerHour);
  const eligible = quiet.length > 0 ? quiet : finds;
  const best = eligible.reduce((most, index) => Math.max(most, smooth[index] ?? 0), 0);
  if (best === 0) return fallback;
  const plateau = eligible.filter((index) => (smooth[index] ?? 0) >= best - 1e-9);
  return sweep[plateau[Math.floor((plateau.length - 1) / 2)] ?? 0]?.threshold ?? fallback;
}

/** Thresholds for two kinds of users. */
export interface ThresholdPresets {
  /** Best F1. */
  readonly recommended: Thresholds;
  /** Best F1 among those with at most `quietFalseAlarmsPerHour`. */
  readonly quiet: Thresholds;
}

/** False alarms an hour and type that the quiet preset may have on validation audio. */
export const quietFalseAlarmsPerHour = 1;

/** Chooses the thresholds of every type on the given files. */
export function chooseThresholds(
  files: readonly ScoredFile[],
  artifactTypes: readonly string[],
  settings: SweepSettings,
): ThresholdPresets {
  const sweeps = artifactTypes.map((type) => [type, sweepThresholds(files, type, settings)] as const);
  const chosen = (choice: ThresholdChoice): Thresholds =>
    Object.fromEntries(sweeps.map(([type, sweep]) => [type, chooseThreshold(sweep, choice)]));
  return { recommended: chosen({}), quiet: chosen({ maxFalseAlarmsPerHour: quietFalseAlarmsPerHour }) };
}

const placedF1 = (point: SweepPoint): number => point.placedF1Score;
const overlapF1 = (point: SweepPoint): number => point.f1Score;

function meanOf(scoreOf: (point: SweepPoint) => number, points: readonly SweepPoint[]): number {
  return points.reduce((sum, point) => sum + scoreOf(point), 0) / points.length;
}
