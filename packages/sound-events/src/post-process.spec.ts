import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectEvents } from './post-process.js';
import { refineByEvidence } from './refine-boundaries.js';
import type { FrameScores } from './sound-event.js';

/** One type from [frames, score] pairs. */
function scored(...runs: readonly (readonly [number, number])[]): FrameScores {
  const values = Float32Array.from(runs.flatMap(([frames, score]) => Array.from({ length: frames }, () => score)));
  return { artifactTypes: ['glitch'], frameMs: 10, values, durationMs: 10 * values.length };
}

const plain = { thresholds: { glitch: 0.5 }, mergeWindowMs: 0, minDurationMs: 0 };
const spans = (scores: FrameScores, options: Parameters<typeof detectEvents>[1]): number[][] =>
  detectEvents(scores, options).map(({ startMs, endMs }) => [startMs, endMs]);

describe('detectEvents', () => {
  it('takes a score at the threshold, and the highest score as confidence', () => {
    const scores = scored([2, 0.25], [2, 0.5], [1, 0.75], [2, 0.49]);
    expect(detectEvents(scores, plain)).toEqual([{ artifactType: 'glitch', startMs: 20, endMs: 50, confidence: 0.75 }]);
  });

  it('merges gaps up to the window and keeps the highest confidence', () => {
    const scores = scored([1, 0.5], [3, 0], [1, 0.75], [4, 0], [1, 0.625]);
    expect(detectEvents(scores, { ...plain, mergeWindowMs: 30 })).toEqual([
      { artifactType: 'glitch', startMs: 0, endMs: 50, confidence: 0.75 },
      { artifactType: 'glitch', startMs: 90, endMs: 100, confidence: 0.625 },
    ]);
  });

  it('drops what has less support than the minimum, not counting bridged gaps', () => {
    const scores = scored([2, 1], [2, 0], [2, 1], [9, 0], [5, 1]);
    expect(spans(scores, { ...plain, mergeWindowMs: 20, minDurationMs: 50 })).toEqual([[150, 200]]);
    expect(spans(scores, { ...plain, mergeWindowMs: 20, minDurationMs: 40 })).toEqual([
      [0, 60],
      [150, 200],
    ]);
  });

  it('refines last: a 20 ms glitch survives a minimum of 50 ms', () => {
    const scores = scored([10, 0], [25, 0.9], [10, 0]);
    const evidence = scored([21, 0], [2, 1], [22, 0.1]);
    const options = { ...plain, minDurationMs: 50, refine: refineByEvidence() };
    expect(detectEvents(scores, options, evidence)).toEqual([
      { artifactType: 'glitch', startMs: 210, endMs: 230, confidence: expect.closeTo(0.9, 6) },
    ]);
  });

  it('cuts refined boundaries to the file and overrules a refiner that leaves nothing', () => {
    const scores = scored([5, 0], [5, 1]);
    expect(spans(scores, { ...plain, refine: () => ({ startMs: -50, endMs: 9999 }) })).toEqual([[0, 100]]);
    expect(spans(scores, { ...plain, refine: () => ({ startMs: 70, endMs: 70 }) })).toEqual([[50, 100]]);
  });

  it('ends with the file inside its last frame, and leaves out types without a threshold', () => {
    expect(spans({ ...scored([3, 1]), durationMs: 27 }, plain)).toEqual([[0, 27]]);
    expect(detectEvents(scored([3, 1]), { ...plain, thresholds: {} })).toEqual([]);
  });

  it('keeps types apart and sorts by start', () => {
    const scores = { artifactTypes: ['b', 'a'], frameMs: 10, values: Float32Array.of(0, 1, 1, 1, 1, 0), durationMs: 30 };
    expect(
      detectEvents(scores, { ...plain, thresholds: { a: 0.5, b: 0.5 } }).map((d) => [d.artifactType, d.startMs, d.endMs]),
    ).toEqual([
      ['a', 0, 20],
      ['b', 10, 30],
    ]);
  });

  it('always gives sorted, separate detections within the file, wider than the merge window apart', () => {
    const anyScores = fc.array(fc.constantFrom(0, 0.4, 0.6, 1), { maxLength: 80 });
    fc.assert(
      fc.property(anyScores, fc.nat(60), fc.nat(60), (values, mergeWindowMs, minDurationMs) => {
        const scores = { ...scored(), values: Float32Array.from(values), durationMs: values.length * 10 };
        const found = detectEvents(scores, { ...plain, mergeWindowMs, minDurationMs });
        found.forEach((detection, index) => {
          expect(detection.endMs - detection.startMs).toBeGreaterThanOrEqual(Math.max(10, minDurationMs));
          expect(detection.endMs).toBeLessThanOrEqual(scores.durationMs);
          const before = found[index - 1];
          if (before) expect(detection.startMs - before.endMs).toBeGreaterThan(mergeWindowMs);
        });
        const covered = (frame: number): boolean => found.some((d) => d.startMs <= frame * 10 && frame * 10 < d.endMs);
        if (minDurationMs <= 10) values.forEach((score, frame) => expect(score < 0.5 || covered(frame)).toBe(true));
      }),
    );
  });
});

describe('a longest duration', () => {
  const longest = { ...plain, maxDurationMs: { glitch: 50 } };

  it('cuts a detection to the part with the most evidence', () => {
    const evidence = scored([4, 0.1], [5, 0.9], [11, 0.1]);
    expect(detectEvents(scored([20, 0.8]), longest, evidence)).toMatchObject([{ startMs: 40, endMs: 90 }]);
    expect(spans(scored([4, 0], [5, 0.8], [4, 0]), longest)).toEqual([[40, 90]]);
  });

  it('takes the middle of flat evidence', () => {
    expect(spans(scored([15, 0.8]), longest)).toEqual([[50, 100]]);
  });
});

describe('refineByEvidence', () => {
  const detection = { artifactType: 'glitch', startMs: 100, endMs: 200, confidence: 1 };

  it('may look outside the detection by its margin', () => {
    const evidence = scored([7, 0], [6, 1], [20, 0]);
    expect(refineByEvidence()(detection, evidence)).toEqual({ startMs: 100, endMs: 130 });
    expect(refineByEvidence({ marginMs: 50 })(detection, evidence)).toEqual({ startMs: 70, endMs: 130 });
  });

  it('leaves boundaries alone without evidence', () => {
    expect(refineByEvidence()(detection, scored([40, 0.3]))).toBe(detection);
    expect(refineByEvidence()({ ...detection, artifactType: 'other' }, scored([40, 0.3]))).toMatchObject({
      startMs: 100,
      endMs: 200,
    });
    expect(refineByEvidence()(detection, scored([3, 0.3]))).toBe(detection);
  });
});
