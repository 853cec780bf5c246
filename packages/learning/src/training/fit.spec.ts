import { describe, expect, it } from '@jest/globals';
import { stepsOfEpoch } from './fit.js';

describe('the steps of an epoch', () => {
  const config = { minStepsPerEpoch: 150 };

  it.each([
    ['much data is seen once', 32 * 400, 400],
    ['an hour is repeated up to the minimum', 960, 150],
    ['a few minutes are repeated 16 times, not more', 88, 48],
    ['one window is repeated too', 1, 16],
  ])('%s', (_name, windows, steps) => {
    expect(stepsOfEpoch(windows, 32, config)).toBe(steps);
  });
});
