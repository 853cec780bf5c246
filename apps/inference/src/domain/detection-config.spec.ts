import { describe, expect, it } from '@jest/globals';
import { resolveConfig } from './detection-config.js';

const recommended = { glitch: 0.6, echo: 0.4 };
const own = { thresholds: recommended, mergeWindowMs: 300, minDurationMs: 20 };
const rest = { mergeWindowMs: 200, minDurationMs: 50 };

describe('thresholds', () => {
  it('are the model’s own when nothing is asked for', () => {
    expect(resolveConfig(rest, own)).toEqual({ thresholds: recommended, ...rest });
  });

  it('come with the model’s own post-processing, and anything asked for instead', () => {
    expect(resolveConfig({}, own)).toEqual(own);
    expect(resolveConfig({ minDurationMs: 0 }, own)).toEqual({ ...own, minDurationMs: 0 });
  });

  it('are one for all, taken literally, even 0', () => {
    expect(resolveConfig({ threshold: 0, ...rest }, own).thresholds).toEqual({ glitch: 0, echo: 0 });
  });

  it('of a type win over the one for all', () => {
    expect(resolveConfig({ threshold: 0.9, thresholds: { echo: 0.1 }, ...rest }, own).thresholds).toEqual({
      glitch: 0.9,
      echo: 0.1,
    });
  });

  it('of an unknown type are refused with their place', () => {
    expect(() => resolveConfig({ thresholds: { click: 0.5 }, ...rest }, own)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: [expect.objectContaining({ loc: ['body', 'config', 'thresholds', 'click'] })],
      }),
    );
  });
});
