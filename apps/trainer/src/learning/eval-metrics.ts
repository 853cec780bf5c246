import type { ClassMetrics, EvalMetrics, MetricBlock } from '@earmark/contracts';
import type { DetectorEvaluation } from '@earmark/learning';
import { addTallies, bootstrapInterval, emptyTally, eventMetrics, tallyEvents, type EventTally } from '@earmark/sound-events';
import type { z } from 'zod';

type ClassFigures = z.output<typeof ClassMetrics>;
type Block = z.output<typeof MetricBlock>;

/** An evaluation as the platform shows it; intervals are drawn over speakers (or files), so a single one has none. */
export function evalMetricsOf(
  evaluation: DetectorEvaluation,
  { seed, smallData }: { readonly seed: number; readonly smallData: boolean },
): EvalMetrics {
  const { report, thresholds, judged, crossFitted, segments, settings } = evaluation;
  const perClass = Object.entries(report.perType).map(([type, one]): [string, ClassFigures] => [
    type,
    {
      precision: one.precision,
      recall: one.recall,
      f1_score: one.f1Score,
      placed_f1_score: one.placedF1Score,
      support: one.support,
      false_alarms_per_hour: one.falseAlarmsPerHour,
      threshold: thresholds.recommended[type] ?? null,
      f1_interval: f1Interval(evaluation, type, seed),
    },
  ]);
  return {
    ...macroOf(report.macro),
    placed_f1_score: report.macro.placedF1Score,
    per_class: Object.fromEntries(perClass),
    segment_based: segmentBlock(segments),
    settings: {
      averaging: 'macro',
      collar_ms: settings.collarMs,
      segment_ms: segments.segmentMs,
      merge_window_ms: settings.mergeWindowMs,
      min_duration_ms: settings.minDurationMs,
      thresholds: { ...thresholds.recommended },
      quiet_thresholds: { ...thresholds.quiet },
      thresholds_from: crossFitted ? 'validation, cross-fitted' : 'validation, one file judged by its own thresholds',
      validation_minutes: judged.reduce((sum, file) => sum + file.durationMs, 0) / 60_000,
      small_data: smallData,
    },
  };
}

function f1Interval({ judged, settings }: DetectorEvaluation, type: string, seed: number): [number, number] | null {
  const groups = new Map<string | number, EventTally>();
  for (const [index, file] of judged.entries()) {
    const group = file.group ?? index;
    groups.set(group, addTallies(groups.get(group) ?? emptyTally, tallyEvents(file, type, settings)));
  }
  if (groups.size < 2) return null;
  const f1Of = (sample: readonly EventTally[]): number => eventMetrics(sample.reduce(addTallies, emptyTally), 1).f1Score;
  const { low, high } = bootstrapInterval([...groups.values()], f1Of, { seed: `${seed} ${type}` });
  return [low, high];
}

function segmentBlock({ perType, macro }: DetectorEvaluation['segments']): Block {
  const perClass = Object.entries(perType).map(([type, { precision, recall, f1Score, support }]): [string, ClassFigures] => [
    type,
    { precision, recall, f1_score: f1Score, support, false_alarms_per_hour: null, threshold: null, f1_interval: null },
  ]);
  return { ...macroOf(macro), per_class: Object.fromEntries(perClass) };
}

function macroOf({ precision, recall, f1Score }: DetectorEvaluation['segments']['macro']) {
  return { precision, recall, f1_score: f1Score };
}
