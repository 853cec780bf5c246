import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PeakAccumulator } from './peak-accumulator.js';

describe('PeakAccumulator', () => {
  it('never hides a sample, on any level, however the input is cut', () => {
    const anySamples = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(anySamples, fc.nat(300), fc.integer({ min: 1, max: 9 }), (values, cut, samplesPerPeak) => {
        const samples = Float32Array.from(values);
        const peaks = new PeakAccumulator({ samplesPerPeak, levels: 3, factor: 2 });
        peaks.push(samples.subarray(0, cut));
        peaks.push(samples.subarray(cut));
        const pyramid = peaks.finish();
        expect(pyramid.map((level) => level.samplesPerPeak)).toEqual([1, 2, 4].map((factor) => factor * samplesPerPeak));
        for (const { samplesPerPeak: size, minMax } of pyramid) {
          expect(minMax).toHaveLength(2 * Math.ceil(samples.length / size));
          samples.forEach((sample, i) => {
            const block = 2 * Math.floor(i / size);
            expect(minMax[block]).toBeLessThanOrEqual(sample * 32_768);
            // Full positive scale is the one value that 16 bits cannot round up to.
            expect(minMax[block + 1]).toBeGreaterThanOrEqual(Math.min(32_767, sample * 32_768));
          });
        }
      }),
    );
  });

  it('outlines known blocks and keeps a single-sample click on the coarsest level', () => {
    const samples = new Float32Array(16);
    samples.set([0.25, -0.25], 2);
    samples[13] = -0.5;
    const peaks = new PeakAccumulator({ samplesPerPeak: 4, levels: 2 });
    peaks.push(samples);
    const [fine, coarse] = peaks.finish();
    expect([...(fine?.minMax ?? [])]).toEqual([-8192, 8192, 0, 0, 0, 0, -16_384, 0]);
    expect([...(coarse?.minMax ?? [])]).toEqual([-16_384, 8192]);
  });

  it('grows past its first buffer and takes a block of NaN for silence', () => {
    const peaks = new PeakAccumulator({ samplesPerPeak: 1 });
    peaks.push(new Float32Array(5000).fill(Number.NaN));
    const [level] = peaks.finish();
    expect(level?.minMax).toHaveLength(10_000);
    expect(level?.minMax.every((value) => value === 0)).toBe(true);
  });

  it('has nothing to show for nothing, and refuses half blocks', () => {
    expect(new PeakAccumulator({ samplesPerPeak: 10 }).finish()).toEqual([{ samplesPerPeak: 10, minMax: new Int16Array(0) }]);
    expect(() => new PeakAccumulator({ samplesPerPeak: 2.5 })).toThrow(RangeError);
  });
});
