import { z } from 'zod';
import { UnitInterval } from './values.js';

/** Precision, recall and F1 of one artifact type; support is the number of reference events. */
export const ClassMetrics = z.object({
  precision: UnitInterval,
  recall: UnitInterval,
  f1_score: UnitInterval,
  /** F1 by the placed match: start within the collar, end within the larger of the collar and half the length. */
  placed_f1_score: UnitInterval.nullish(),
  support: z.number().int().nonnegative(),
  false_alarms_per_hour: z.number().nonnegative().nullable(),
  threshold: UnitInterval.nullable(),
  /** 95 % bootstrap interval of f1_score. */
  f1_interval: z.tuple([UnitInterval, UnitInterval]).nullable(),
});

export const MetricBlock = z.object({
  precision: UnitInterval,
  recall: UnitInterval,
  f1_score: UnitInterval,
  /** Mean over types; event-based figures have it. */
  placed_f1_score: UnitInterval.nullish(),
  per_class: z.record(z.string(), ClassMetrics),
});

/** The headline figures are event-based, macro over types, at the recommended thresholds; `settings` says how they were computed. */
export const EvalMetrics = MetricBlock.extend({
  segment_based: MetricBlock.nullable(),
  settings: z.object({
    averaging: z.literal('macro'),
    collar_ms: z.number().int(),
    segment_ms: z.number().int(),
    merge_window_ms: z.number().int(),
    min_duration_ms: z.number().int(),
    thresholds: z.record(z.string(), UnitInterval),
    /** For hardly any false alarms: at most one an hour and type on the validation audio. */
    quiet_thresholds: z.record(z.string(), UnitInterval).optional(),
    thresholds_from: z.string(),
    validation_minutes: z.number().nonnegative(),
    small_data: z.boolean(),
  }),
});
export type EvalMetrics = z.output<typeof EvalMetrics>;
