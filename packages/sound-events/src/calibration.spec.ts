import { describe, expect, it } from '@jest/globals';
import { createRandom } from '@earmark/audio';
import fc from 'fast-check';
import { calibrate, expectedCalibrationError, fitPlatt, identityCalibration, sigmoid } from './calibration.js';

describe('fitPlatt', () => {
  it('golden: scipy 1.17.1, optimize.minimize (BFGS, gtol 1e-12) of the same smoothed cross-entropy', () => {
    const logits = [-3.2, -1.1, -0.4, 0.3, 0.9, 1.5, 2.2, -2, 0.1, 3];
    const labels = [0, 0, 1, 0, 1, 1, 0, 0, 0, 1];
    const { scale, offset } = fitPlatt(logits, labels);
    expect(scale).toBeCloseTo(0.46012826, 6);
    expect(offset).toBeCloseTo(-0.49695489, 6);
  });

  it('finds the map that made the labels, and makes overconfident scores honest', () => {
    const random = createRandom('platt');
    const logits = Array.from({ length: 20_000 }, () => random.gaussian(-1, 4));
    const labels = logits.map((logit) => Number(random.chance(sigmoid(0.4 * logit - 0.7))));
    const fitted = fitPlatt(logits, labels);
    expect(Math.abs(fitted.scale - 0.4)).toBeLessThan(0.03);
    expect(Math.abs(fitted.offset + 0.7)).toBeLessThan(0.08);
    const error = (map: typeof fitted): number =>
      expectedCalibrationError(
        logits.map((logit) => calibrate(logit, map)),
        labels,
      );
    expect(error(identityCalibration)).toBeGreaterThan(0.1);
    expect(error(fitted)).toBeLessThan(0.02);
  });

  it('always rises with the score, even on hostile data', () => {
    const anySample = fc.tuple(fc.double({ min: -60, max: 60, noNaN: true }), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 60 }), (samples) => {
        const { scale, offset } = fitPlatt(
          samples.map(([logit]) => logit),
          samples.map(([, label]) => label),
        );
        expect(scale).toBeGreaterThan(0);
        expect(Number.isFinite(scale) && Number.isFinite(offset)).toBe(true);
        expect(calibrate(5, { scale, offset })).toBeGreaterThanOrEqual(calibrate(-5, { scale, offset }));
      }),
    );
  });

  it('changes nothing without both classes, and only shifts what ranks backwards', () => {
    expect(fitPlatt([1, 2], [1, 1])).toEqual(identityCalibration);
    expect(fitPlatt([], [])).toEqual(identityCalibration);
    expect(fitPlatt([3, 2, -2, -3], [0, 0, 1, 1]).scale).toBe(1);
    expect(() => fitPlatt([1], [])).toThrow(RangeError);
  });
});

describe('expectedCalibrationError', () => {
  it('weighs the gap of each bin by its size', () => {
    // Bin 0: three at 0.05, one true (gap 0.2833). Bin 14: one at 1, true (gap 0).
    expect(expectedCalibrationError([0.05, 0.05, 0.05, 1], [0, 0, 1, 1])).toBeCloseTo((3 * (1 / 3 - 0.05)) / 4, 12);
    expect(expectedCalibrationError([0.4, 0.6], [1, 0], 1)).toBeCloseTo(0, 12);
    expect(expectedCalibrationError([], [])).toBe(0);
  });
});

describe('sigmoid', () => {
  it('does not overflow', () => expect([sigmoid(-1000), sigmoid(0), sigmoid(1000)]).toEqual([0, 0.5, 1]));
});
