import { describe, expect, it } from '@jest/globals';
import { epochProgress, featureProgress, storedProgress } from './progress.js';

describe('progress', () => {
  it('goes through features, epochs and export without a step back', () => {
    const steps = [
      featureProgress(0),
      featureProgress(1),
      epochProgress(0),
      epochProgress(0.5),
      epochProgress(1),
      storedProgress,
    ];
    expect(steps).toEqual([0, 15, 15, 55, 95, 99]);
    expect(epochProgress(1.2)).toBe(95);
  });
});
