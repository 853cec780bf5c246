import { describe, expect, it } from '@jest/globals';
import { evaluateSegments } from './segment-metrics.js';

const event = (startMs: number, endMs: number) => ({ artifactType: 'echo', startMs, endMs, confidence: 1 });

describe('evaluateSegments', () => {
  it('compares second by second', () => {
    // Truth in seconds 1, 2 and 4; claimed in 0, 1 and 2.
    const file = { durationMs: 4500, references: [event(1200, 3000), event(4100, 4200)], detections: [event(900, 2100)] };
    const { perType, macro, segmentMs } = evaluateSegments([file], ['echo']);
    expect(perType['echo']).toEqual({ precision: 2 / 3, recall: 2 / 3, f1Score: 2 / 3, support: 3 });
    expect(macro.f1Score).toBeCloseTo(2 / 3, 12);
    expect(segmentMs).toBe(1000);
  });

  it('ignores what lies beyond the file and counts a type without events as 0', () => {
    const file = { durationMs: 1000, references: [], detections: [event(1500, 2000), event(500, 500)] };
    expect(evaluateSegments([file], ['echo'], 100).perType['echo']).toEqual({ precision: 0, recall: 0, f1Score: 0, support: 0 });
  });
});
