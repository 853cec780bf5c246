import { createRandom } from '@earmark/audio';
import { evaluateEvents } from './event-metrics.js';
import type { EventReport, JudgedFile } from './event-metrics.js';
import { detectEvents } from './post-process.js';
import type { ScoredFile } from './sound-event.js';
import { sweepThresholds } from './threshold-sweep.js';
import type { SweepPoint, SweepSettings } from './threshold-sweep.js';

/** How a threshold is chosen from a sweep. */
export interface ThresholdChoice {
  /** Points on each side whose F1 is averaged in, so that a plateau wins over a lucky peak; default 3. */
  readonly neighbours?: number;
  /** Thresholds with more false alarms are passed over as long as a quieter one finds anything at all. */
  readonly maxFalseAlarmsPerHour?: number;
  /** Taken when nothing can be learnt: no reference events, or none ever found; default 0.5. */
  readonly fallback?: number;
}

/** One threshold per artifact type, 0 to 1. */
export type Thresholds = Readonly<Record<string, number>>;

/** Thresholds from validation audio, and an honest estimate of how they do. */
export interface CrossFit {
  /** Chosen on all validation files: what a model recommends. */
  readonly recommended: Thresholds;
  /** Metrics where each file was judged with thresholds chosen without it. */
  readonly report: EventReport;
  /** The files with those detections, in the order given. */
  readonly judged: readonly JudgedFile[];
  /** False for a single file, which judged itself. */
  readonly crossFitted: boolean;
}

/**
 * The threshold with the best F1, averaged over its neighbours on the sweep; of several equally good ones the middle.
 * @param sweep points in ascending order of threshold
 */
export function chooseThreshold(sweep: readonly SweepPoint[], choice: ThresholdChoice = {}): number {
  const { neighbours = 3, maxFalseAlarmsPerHour = Infinity, fallback = 0.5 } = choice;
  const smooth = sweep.map((_, index) => meanF1(sweep.slice(Math.max(0, index - neighbours), index + neighbours + 1)));
  const finds = sweep.map((point, index) => (point.truePositives > 0 ? index : -1)).filter((index) => index >= 0);
  const quiet = finds.filter((index) => (sweep[index]?.falseAlarmsPerHour ?? 0) <= maxFalseAlarmsPerHour);
  const eligible = quiet.length > 0 ? quiet : finds;
  const best = eligible.reduce((most, index) => Math.max(most, smooth[index] ?? 0), 0);
  if (best === 0) return fallback;
  const plateau = eligible.filter((index) => (smooth[index] ?? 0) >= best - 1e-9);
  return sweep[plateau[Math.floor((plateau.length - 1) / 2)] ?? 0]?.threshold ?? fallback;
}

/** Chooses the threshold of every type on the given files. */
export function chooseThresholds(
  files: readonly ScoredFile[],
  artifactTypes: readonly string[],
  settings: SweepSettings,
  choice: ThresholdChoice = {},
): Thresholds {
  return Object.fromEntries(artifactTypes.map((type) => [type, chooseThreshold(sweepThresholds(files, type, settings), choice)]));
}

/**
 * Two-fold cross-fitting: each half of the files is judged with thresholds that the other half chose, so that the reported figures
 * did not pick their own threshold; the recommended ones are chosen on all files.
 * @throws RangeError without files
 */
export function crossFitThresholds(
  files: readonly ScoredFile[],
  artifactTypes: readonly string[],
  settings: SweepSettings,
  options: ThresholdChoice & { readonly seed: number | string },
): CrossFit {
  if (files.length === 0) throw new RangeError('no validation files to choose thresholds on');
  const recommended = chooseThresholds(files, artifactTypes, settings, options);
  const crossFitted = files.length > 1;
  const foldOf = crossFitted ? foldsOf(files, options.seed) : [0];
  const perFold = crossFitted
    ? [1, 0].map((other) =>
        chooseThresholds(
          files.filter((_, index) => foldOf[index] === other),
          artifactTypes,
          settings,
          options,
        ),
      )
    : [recommended];
  const judged = files.map((file, index) => judge(file, perFold[foldOf[index] ?? 0] ?? recommended, settings));
  return { recommended, judged, crossFitted, report: evaluateEvents(judged, artifactTypes, settings) };
}

function judge({ references, scores, evidence }: ScoredFile, thresholds: Thresholds, settings: SweepSettings): JudgedFile {
  return { durationMs: scores.durationMs, references, detections: detectEvents(scores, { ...settings, thresholds }, evidence) };
}

/** Deals the files, those with most events first and equals in seeded random order, to two folds in turns (A B B A). */
function foldsOf(files: readonly ScoredFile[], seed: number | string): number[] {
  const order = createRandom(seed).shuffle(files.map((_, index) => index));
  order.sort((a, b) => (files[b]?.references.length ?? 0) - (files[a]?.references.length ?? 0));
  const folds = new Array<number>(files.length).fill(0);
  order.forEach((file, turn) => (folds[file] = turn % 4 === 0 || turn % 4 === 3 ? 0 : 1));
  return folds;
}

function meanF1(points: readonly SweepPoint[]): number {
  return points.reduce((sum, point) => sum + point.f1Score, 0) / points.length;
}
