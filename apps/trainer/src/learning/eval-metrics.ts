import type { ClassMetrics, EvalMetrics, MetricBlock } from '@earmark/contracts';
import type { DetectorEvaluation } from '@earmark/learning';
import { addTallies, bootstrapInterval, emptyTally, eventMetrics, tallyEvents, type EventTally } from '@earmark/sound-events';
import type { z } from 'zod';

type ClassFigures = z.output<typeof ClassMetrics>;
type Block = z.output<typeof MetricBlock>;

/** An evaluation as the platform shows it; intervals are drawn over files, so a single file has none. */
export function evalMetricsOf(
  evaluation: DetectorEvaluation,
  { seed, smallData }: { readonly seed: number; readonly smallData: boolean },
): EvalMetrics {
  const { events, segments, settings } = evaluation;
  const perClass = Object.entries(events.report.perType).map(([type, one]): [string, ClassFigures] => [
    type,
    {
      precision: one.precision,
      recall: one.recall,
      f1_score: one.f1Score,
      support: one.support,
      false_alarms_per_hour: one.falseAlarmsPerHour,
      threshold: events.recommended[type] ?? null,
      f1_interval: f1Interval(evaluation, type, seed),
    },
  ]);
  return {
    ...macroOf(events.report.macro),
    per_class: Object.fromEntries(perClass),
    segment_based: segmentBlock(segments),
    settings: {
      averaging: 'macro',
      collar_ms: settings.collarMs,
      segment_ms: segments.segmentMs,
      merge_window_ms: settings.mergeWindowMs,
      min_duration_ms: settings.minDurationMs,
      thresholds: { ...events.recommended },
      thresholds_from: events.crossFitted ? 'validation, cross-fitted' : 'validation, one file judged by its own thresholds',
      validation_minutes: events.judged.reduce((sum, file) => sum + file.durationMs, 0) / 60_000,
      small_data: smallData,
    },
  };
}

function f1Interval({ events, settings }: DetectorEvaluation, type: string, seed: number): [number, number] | null {
  if (events.judged.length < 2) return null;
  const tallies = events.judged.map((file) => tallyEvents(file, type, settings));
  const f1Of = (sample: readonly EventTally[]): number => eventMetrics(sample.reduce(addTallies, emptyTally), 1).f1Score;
  const { low, high } = bootstrapInterval(tallies, f1Of, { seed: `${seed} ${type}` });
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
