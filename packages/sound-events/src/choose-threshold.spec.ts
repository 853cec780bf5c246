import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@earmark/audio';
import { chooseThreshold, chooseThresholds } from './choose-threshold.js';
import { crossFit } from './cross-fit.js';
import { emptyTally, evaluateEvents, eventMetrics, type JudgedFile } from './event-metrics.js';
import { detectEvents } from './post-process.js';
import { refineByEvidence } from './refine-boundaries.js';
import type { ScoredFile } from './sound-event.js';
import { sweepThresholds } from './threshold-sweep.js';
import type { SweepPoint } from './threshold-sweep.js';

const settings = { mergeWindowMs: 0, minDurationMs: 0 };

function sweepOf(f1Scores: readonly number[], falseAlarms: readonly number[] = []): SweepPoint[] {
  return f1Scores.map((f1Score, i) => ({
    ...eventMetrics(emptyTally, 1),
    threshold: (i + 1) / 20,
    truePositives: f1Score > 0 ? 1 : 0,
    f1Score,
    placedF1Score: f1Score,
    placed: f1Score > 0 ? 1 : 0,
    falseAlarmsPerHour: falseAlarms[i] ?? 0,
  }));
}

/** Files of 10 s with three real events that score about `real` and three distractors that score about `wrong`. */
function corpus(files: number, real: number, wrong: number): ScoredFile[] {
  const random = createRandom('corpus');
  return Array.from({ length: files }, () => {
    const values = new Float32Array(2000);
    const references = [1000, 4000, 7000].map((startMs) => ({ artifactType: 'glitch', startMs, endMs: startMs + 50 }));
    for (const at of [100, 400, 700]) values.fill(real + random.range(-0.05, 0.05), 2 * at, 2 * at + 10);
    for (const at of [250, 550, 850]) for (let i = 0; i < 5; i++) values[2 * (at + i)] = wrong + random.range(-0.05, 0.05);
    for (let frame = 0; frame < 1000; frame++) values[2 * frame + 1] = 0;
    for (const at of [100, 400, 700]) for (let i = 0; i < 5; i++) values[2 * (at + i) + 1] = 0.3;
    return { references, scores: { artifactTypes: ['glitch', 'echo'], frameMs: 10, values, durationMs: 10_000 } };
  });
}

describe('chooseThreshold', () => {
  it('prefers a plateau to a lucky peak, and takes its middle', () => {
    const f1 = [0.1, 0.1, 0.9, 0.1, 0.1, 0.6, 0.7, 0.7, 0.7, 0.7, 0.7, 0.6, 0.2];
    expect(chooseThreshold(sweepOf(f1), { neighbours: 1 })).toBeCloseTo(9 / 20, 12);
    expect(chooseThreshold(sweepOf(f1), { neighbours: 0 })).toBeCloseTo(3 / 20, 12);
  });

  it('keeps to the false alarms allowed, as long as something is found that way', () => {
    const sweep = sweepOf([0.5, 0.9, 0.8, 0.4, 0], [40, 20, 2, 1, 0]);
    const at = (maxFalseAlarmsPerHour: number): number => chooseThreshold(sweep, { neighbours: 0, maxFalseAlarmsPerHour });
    expect([at(100), at(5), at(1), at(0)].map((t) => Math.round(20 * t))).toEqual([2, 3, 4, 2]);
  });

  it('falls back where nothing can be learnt', () => {
    expect(chooseThreshold(sweepOf([0, 0, 0]))).toBe(0.5);
    expect(chooseThreshold([], { fallback: 0.7 })).toBe(0.7);
  });
});

describe('sweepThresholds', () => {
  it('draws the curve from everything to nothing', () => {
    const curve = sweepThresholds(corpus(4, 0.8, 0.3), 'glitch', { ...settings, candidates: [0.1, 0.5, 0.95] });
    expect(curve.map(({ recall, precision }) => [recall, precision])).toEqual([
      [1, 0.5],
      [1, 1],
      [0, 0],
    ]);
    expect(curve.map(({ falseAlarmsPerHour }) => falseAlarmsPerHour)).toEqual([1080, 0, 0].map((x) => expect.closeTo(x, 6)));
    expect(sweepThresholds(corpus(1, 0.8, 0.3), 'glitch', settings)).toHaveLength(71);
    expect(() => sweepThresholds(corpus(1, 0.8, 0.3), 'pop', settings)).toThrow('no scores for pop');
  });

  it('shows the refiner the evidence of each file', () => {
    const [file] = corpus(1, 0.8, 0.1);
    if (!file) throw new Error('no file');
    const evidence = { ...file.scores, values: file.scores.values.map((value, i) => (i % 20 < 10 ? value : 0)) };
    const tight = { ...settings, candidates: [0.5], boundaryMs: 10, refine: refineByEvidence() };
    expect(sweepThresholds([file], 'glitch', tight)[0]?.boundaryAccuracy).toBe(1);
    evidence.values.fill(0).fill(1, 2 * 104, 2 * 105);
    expect(sweepThresholds([{ ...file, evidence }], 'glitch', tight)[0]?.boundaryAccuracy).toBeCloseTo(2 / 3, 12);
  });
});

describe('chooseThresholds', () => {
  it('takes the threshold by placed events, not by detections as long as the file', () => {
    // Everything scores above 0.2, the events above 0.6: one endless detection overlaps every event of a file with one event.
    const file = (): ScoredFile => {
      const values = new Float32Array(1000).fill(0.3);
      values.fill(0.8, 500, 505);
      const references = [{ artifactType: 'glitch', startMs: 5000, endMs: 5050 }];
      return { references, scores: { artifactTypes: ['glitch'], frameMs: 10, values, durationMs: 10_000 } };
    };
    const sweep = sweepThresholds([file()], 'glitch', { ...settings, candidates: [0.2, 0.7] });
    expect(sweep.map(({ f1Score, placedF1Score }) => [f1Score, placedF1Score])).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(chooseThreshold(sweep, { neighbours: 0 })).toBe(0.7);
  });

  it('offers quiet thresholds where scores crowd near 1', () => {
    const values = new Float32Array(360_000).fill(0.001);
    const references = [1000, 2000, 3000].map((frame) => ({
      artifactType: 'glitch',
      startMs: 10 * frame,
      endMs: 10 * frame + 50,
    }));
    for (const { startMs } of references) values.fill(0.9995, startMs / 10, startMs / 10 + 5);
    for (let at = 10_000; at < 350_000; at += 10_000) values.fill(0.99, at, at + 5);
    const file = { references, scores: { artifactTypes: ['glitch'], frameMs: 10, values, durationMs: 3_600_000 } };
    const { quiet } = chooseThresholds([file], ['glitch'], settings);
    expect(quiet['glitch']).toBeGreaterThan(0.99);
    expect(quiet['glitch']).toBeLessThanOrEqual(0.9995);
  });

  it('recommends thresholds between the distractors and the events, and the fallback for a type without events', () => {
    const { recommended } = chooseThresholds(corpus(6, 0.8, 0.3), ['glitch', 'echo'], settings);
    expect(recommended['glitch']).toBeGreaterThan(0.4);
    expect(recommended['glitch']).toBeLessThan(0.72);
    expect(recommended['echo']).toBe(0.5);
  });
});

describe('crossFit', () => {
  const judgeBy = (files: readonly ScoredFile[]) => {
    const thresholds = chooseThresholds(files, ['glitch'], settings).recommended;
    return ({ references, scores }: ScoredFile): JudgedFile => ({
      ...{ durationMs: scores.durationMs, references },
      detections: detectEvents(scores, { ...settings, thresholds }),
    });
  };

  it('judges each half with what the other half fitted', () => {
    // One file scores all its events low, the other all of them high: neither's best threshold works for the other.
    const files = [...corpus(1, 0.25, 0.1), ...corpus(1, 0.9, 0.6)];
    const own = files.map((file) => chooseThresholds([file], ['glitch'], settings).recommended['glitch'] ?? 0);
    expect(own[0]).toBeLessThan(0.3);
    expect(own[1]).toBeGreaterThan(0.6);
    const fit = crossFit(files, judgeBy, 1);
    expect(fit.judged[0]?.detections).toEqual([]);
    expect(fit.judged[1]?.detections).toHaveLength(6);
    expect(evaluateEvents(fit.judged, ['glitch']).perType['glitch']?.f1Score).toBeCloseTo((2 * 3) / (2 * 3 + 3 + 3), 12);
  });

  it('keeps the files of a speaker in one fold', () => {
    const files = corpus(12, 0.8, 0.3).map((file, i) => ({ ...file, group: `speaker ${i % 4}` }));
    const fittedOn: string[][] = [];
    crossFit(
      files,
      (some) => {
        fittedOn.push([...new Set(some.map(({ group }) => group))].sort());
        return () => null;
      },
      1,
    );
    const [first = [], second = []] = fittedOn;
    expect([first.length, second.length]).toEqual([2, 2]);
    expect(first.filter((group) => second.includes(group))).toEqual([]);
  });

  it('says so when one file judged itself, and refuses none', () => {
    expect(crossFit(corpus(1, 0.8, 0.3), judgeBy, 1).crossFitted).toBe(false);
    expect(() => crossFit([], judgeBy, 1)).toThrow(RangeError);
  });
});
