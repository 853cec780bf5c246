import { describe, expect, it } from '@jest/globals';
import { noise, silence, sine, speechLike } from './signals.js';

const peakOf = (samples: Float32Array): number => samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

describe('signals', () => {
  it('have the asked length', () => {
    expect(silence({ durationMs: 250 })).toHaveLength(4_000);
    expect(sine({ durationMs: 10, sampleRateHz: 44_100 })).toHaveLength(441);
  });

  it('sine has its amplitude and returns to zero after each period', () => {
    const samples = sine({ durationMs: 1_000, frequencyHz: 100, amplitude: 0.25 });
    expect(peakOf(samples)).toBeCloseTo(0.25, 6);
    expect(samples[160]).toBeCloseTo(0, 6);
  });

  it('noise and speech repeat with the seed and differ without', () => {
    for (const signal of [noise, speechLike]) {
      const first = signal({ durationMs: 500, seed: 7 });
      expect(signal({ durationMs: 500, seed: 7 })).toEqual(first);
      expect(signal({ durationMs: 500, seed: 8 })).not.toEqual(first);
    }
  });

  it('speech has voiced stretches and pauses, and never clips', () => {
    const samples = speechLike({ durationMs: 5_000 });
    const blocks = Array.from({ length: 250 }, (_, block) => peakOf(samples.subarray(block * 320, (block + 1) * 320)));
    expect(peakOf(samples)).toBeLessThan(0.6);
    expect(blocks.filter((peak) => peak > 0.05).length).toBeGreaterThan(100);
    expect(blocks.filter((peak) => peak < 0.01).length).toBeGreaterThan(10);
  });
});
