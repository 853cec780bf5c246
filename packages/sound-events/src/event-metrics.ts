import { countPlaced, defaultCollarMs, matchEvents } from './match-events.js';
import type { Detection, SoundEvent } from './sound-event.js';

/** Counts of one type; they add up over files. */
export interface EventTally {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  /** True positives whose two boundaries both lie within the boundary limit. */
  readonly tightBoundaries: number;
  /** References that a detection lies on, by `countPlaced`. */
  readonly placed: number;
}

/** Event-based figures of one type; a ratio without anything to divide by is 0. */
export interface EventMetrics extends EventTally {
  readonly precision: number;
  readonly recall: number;
  readonly f1Score: number;
  /** F1 by the stricter placed match: start and end must fit. */
  readonly placedF1Score: number;
  /** Number of reference events. */
  readonly support: number;
  readonly falseAlarmsPerHour: number;
  /** Share of the true positives with both boundaries within the limit. */
  readonly boundaryAccuracy: number;
}

/** Tolerances of the evaluation. */
export interface MatchSettings {
  /** Default 250. */
  readonly collarMs?: number;
  /** Default 50. */
  readonly boundaryMs?: number;
}

/** A file's truth and what was found in it. */
export interface JudgedFile {
  readonly durationMs: number;
  readonly references: readonly SoundEvent[];
  readonly detections: readonly Detection[];
  /** Speaker or source: what a confidence interval keeps together. */
  readonly group?: string;
}

/** Plain means over types. */
export interface MacroAverage {
  readonly precision: number;
  readonly recall: number;
  readonly f1Score: number;
}

/** All types and their plain mean (macro average). */
export interface EventReport {
  readonly perType: Readonly<Record<string, EventMetrics>>;
  readonly macro: MacroAverage & { readonly placedF1Score: number };
}

export const emptyTally: EventTally = { truePositives: 0, falsePositives: 0, falseNegatives: 0, tightBoundaries: 0, placed: 0 };

/** Counts one type in one file by matchEvents. */
export function tallyEvents(file: JudgedFile, artifactType: string, settings: MatchSettings = {}): EventTally {
  const { collarMs = defaultCollarMs, boundaryMs = 50 } = settings;
  const references = file.references.filter((event) => event.artifactType === artifactType);
  const detections = file.detections.filter((event) => event.artifactType === artifactType);
  const { pairs, missed, falseAlarms } = matchEvents(references, detections, collarMs);
  const tight = pairs.filter(
    ({ reference, detection }) =>
      Math.abs(detection.startMs - reference.startMs) <= boundaryMs && Math.abs(detection.endMs - reference.endMs) <= boundaryMs,
  );
  return {
    truePositives: pairs.length,
    falsePositives: falseAlarms.length,
    falseNegatives: missed.length,
    tightBoundaries: tight.length,
    placed: countPlaced(references, detections, collarMs),
  };
}

export function addTallies(a: EventTally, b: EventTally): EventTally {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
    tightBoundaries: a.tightBoundaries + b.tightBoundaries,
    placed: a.placed + b.placed,
  };
}

/** Ratios from counts; `audioMs` is the length of all audio that was listened to. */
export function eventMetrics(tally: EventTally, audioMs: number): EventMetrics {
  const { truePositives, falsePositives, falseNegatives } = tally;
  return {
    ...tally,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1Score: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    placedF1Score: ratio(2 * tally.placed, 2 * truePositives + falsePositives + falseNegatives),
    support: truePositives + falseNegatives,
    falseAlarmsPerHour: ratio(falsePositives * 3_600_000, audioMs),
    boundaryAccuracy: ratio(tally.tightBoundaries, truePositives),
  };
}

/** Event-based metrics of all files; a type without reference events has f1Score 0 and support 0, and counts in the macro average. */
export function evaluateEvents(
  files: readonly JudgedFile[],
  artifactTypes: readonly string[],
  settings: MatchSettings = {},
): EventReport {
  const audioMs = files.reduce((sum, file) => sum + file.durationMs, 0);
  const perType = Object.fromEntries(
    artifactTypes.map((type) => {
      const tally = files.map((file) => tallyEvents(file, type, settings)).reduce(addTallies, emptyTally);
      return [type, eventMetrics(tally, audioMs)];
    }),
  );
  const figures = Object.values(perType);
  const placedF1Score = ratio(
    figures.reduce((sum, one) => sum + one.placedF1Score, 0),
    figures.length,
  );
  return { perType, macro: { ...macroAverage(figures), placedF1Score } };
}

/** The plain mean over types; zeros when there are none. */
export function macroAverage(metrics: readonly Pick<EventMetrics, 'precision' | 'recall' | 'f1Score'>[]): MacroAverage {
  const mean = (of: 'precision' | 'recall' | 'f1Score'): number =>
    ratio(
      metrics.reduce((sum, metric) => sum + metric[of], 0),
      metrics.length,
    );
  return { precision: mean('precision'), recall: mean('recall'), f1Score: mean('f1Score') };
}

function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
