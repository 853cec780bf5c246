import { describe, expect, it } from '@jest/globals';
import { EvalMetrics } from '@earmark/contracts';
import type { DetectorEvaluation } from '@earmark/learning';
import { evaluateEvents, evaluateSegments, type JudgedFile } from '@earmark/sound-events';
import { evalMetricsOf } from './eval-metrics.js';

const glitch = (startMs: number) => ({ artifactType: 'glitch', startMs, endMs: startMs + 100 });
const detected = (startMs: number) => ({ ...glitch(startMs), confidence: 0.9 });
const judged: JudgedFile[] = [
  { durationMs: 60_000, references: [glitch(1_000), glitch(5_000)], detections: [detected(1_000)] },
  { durationMs: 60_000, references: [glitch(2_000)], detections: [detected(2_000), detected(30_000)] },
];
const types = ['glitch', 'echo'];
const settings = {
  collarMs: 250,
  boundaryMs: 50,
  mergeWindowMs: 200,
  minDurationMs: 50,
  boundaryShare: 0.5,
  boundaryMarginMs: 0,
} as const;
const evaluationOf = (files: readonly JudgedFile[]): DetectorEvaluation => ({
  thresholds: { recommended: { glitch: 0.4, echo: 0.5 }, quiet: { glitch: 0.8, echo: 0.9 } },
  report: evaluateEvents(files, types, settings),
  judged: files,
  crossFitted: files.length > 1,
  segments: evaluateSegments(files, types),
  settings,
});

describe('an evaluation', () => {
  it('becomes metrics of the public shape, a type without events included', () => {
    const metrics = EvalMetrics.parse(evalMetricsOf(evaluationOf(judged), { seed: 1, smallData: false }));
    expect(metrics.per_class['glitch']).toMatchObject({
      precision: 2 / 3,
      recall: 2 / 3,
      support: 3,
      false_alarms_per_hour: 30,
      threshold: 0.4,
    });
    expect(metrics.per_class['echo']).toMatchObject({ f1_score: 0, support: 0 });
    expect(metrics.f1_score).toBeCloseTo(1 / 3);
    expect([metrics.placed_f1_score, metrics.per_class['glitch']?.placed_f1_score]).toEqual([1 / 3, 2 / 3]);
    expect(metrics.settings.quiet_thresholds).toEqual({ glitch: 0.8, echo: 0.9 });
    expect(metrics.settings).toMatchObject({
      validation_minutes: 2,
      collar_ms: 250,
      segment_ms: 1000,
      thresholds_from: 'validation, cross-fitted',
    });
    const [low, high] = metrics.per_class['glitch']?.f1_interval ?? [1, 0];
    expect(low).toBeLessThanOrEqual(2 / 3);
    expect(high).toBeGreaterThanOrEqual(2 / 3);
    expect(metrics.segment_based?.per_class['glitch']).toMatchObject({ support: 3, threshold: null });
  });

  it('draws intervals over speakers, not over their files', () => {
    const ofOneSpeaker = judged.map((file) => ({ ...file, group: 'ann' }));
    expect(evalMetricsOf(evaluationOf(ofOneSpeaker), { seed: 1, smallData: false }).per_class['glitch']?.f1_interval).toBeNull();
  });

  it('of a single file has no intervals and says so', () => {
    const metrics = evalMetricsOf(evaluationOf(judged.slice(0, 1)), { seed: 1, smallData: true });
    expect(metrics.per_class['glitch']?.f1_interval).toBeNull();
    expect(metrics.settings).toMatchObject({ small_data: true, thresholds_from: expect.stringContaining('one file') });
  });
});
