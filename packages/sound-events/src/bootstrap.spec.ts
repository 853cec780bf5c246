import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@earmark/audio';
import { bootstrapInterval } from './bootstrap.js';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('bootstrapInterval', () => {
  it('is near the normal interval for a mean', () => {
    const random = createRandom('sample');
    const values = Array.from({ length: 400 }, () => random.gaussian(5, 2));
    const { low, high } = bootstrapInterval(values, mean, { seed: 1 });
    expect(Math.abs(low - (mean(values) - (1.96 * 2) / 20))).toBeLessThan(0.04);
    expect(Math.abs(high - (mean(values) + (1.96 * 2) / 20))).toBeLessThan(0.04);
  });

  it('repeats itself for a seed and narrows with the level', () => {
    const values = Array.from({ length: 30 }, (_, i) => i);
    const wide = bootstrapInterval(values, mean, { seed: 3, replicates: 300 });
    expect(bootstrapInterval(values, mean, { seed: 3, replicates: 300 })).toEqual(wide);
    expect(bootstrapInterval(values, mean, { seed: 4, replicates: 300 })).not.toEqual(wide);
    const narrow = bootstrapInterval(values, mean, { seed: 3, replicates: 300, level: 0.5 });
    expect(narrow.low).toBeGreaterThan(wide.low);
    expect(narrow.high).toBeLessThan(wide.high);
  });

  it('is a point for equal items and refuses none', () => {
    expect(bootstrapInterval([2, 2], mean, { seed: 1 })).toEqual({ low: 2, high: 2 });
    expect(() => bootstrapInterval([], mean, { seed: 1 })).toThrow(RangeError);
  });
});
