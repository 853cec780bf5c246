import { describe, expect, it } from '@jest/globals';
import { dbToGain, gainToDb, peak, rms } from './level.js';

describe('levels', () => {
  it('convert between dB and ratios', () => {
    expect(dbToGain(20)).toBeCloseTo(10, 12);
    expect(dbToGain(-6)).toBeCloseTo(0.501187, 6);
    expect(gainToDb(dbToGain(-37.5))).toBeCloseTo(-37.5, 12);
    expect(gainToDb(0)).toBe(-Infinity);
  });

  it('measure a sine at -3 dB of its peak', () => {
    const sine = Float32Array.from({ length: 1600 }, (_, i) => Math.sin((2 * Math.PI * i) / 16));
    expect(rms(sine)).toBeCloseTo(Math.SQRT1_2, 6);
    expect(peak(sine)).toBe(1);
  });

  it('measure a stretch, and nothing as 0', () => {
    expect(rms(Float32Array.of(9, 3, 4, 9), 1, 3)).toBeCloseTo(Math.sqrt(12.5), 6);
    expect(rms(new Float32Array(0))).toBe(0);
    expect(peak(Float32Array.of(0.25, -0.5))).toBe(0.5);
  });
});
