import { describe, expect, it } from '@jest/globals';
import { clipToWindow, durationMs, overlapMs, overlaps } from './interval.js';

describe('intervals', () => {
  it('are half-open: touching ones share nothing', () => {
    const left = { startMs: 0, endMs: 100 };
    expect(overlaps(left, { startMs: 100, endMs: 200 })).toBe(false);
    expect(overlapMs(left, { startMs: 60, endMs: 300 })).toBe(40);
    expect(overlapMs(left, { startMs: 200, endMs: 300 })).toBe(0);
    expect(durationMs({ startMs: 5, endMs: 3 })).toBe(0);
  });

  it('are cut to a window and counted from its start', () => {
    const events = [
      { startMs: 50, endMs: 150, name: 'in' },
      { startMs: 190, endMs: 900, name: 'out of the end' },
      { startMs: 200, endMs: 300, name: 'beyond' },
      { startMs: 0, endMs: 100, name: 'before' },
    ];
    expect(clipToWindow(events, { startMs: 100, endMs: 200 })).toEqual([
      { startMs: 0, endMs: 50, name: 'in' },
      { startMs: 90, endMs: 100, name: 'out of the end' },
    ]);
  });
});
