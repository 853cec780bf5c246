import { describe, expect, it } from '@jest/globals';
import { resolveConfig } from './detection-config.js';

const recommended = { glitch: 0.6, echo: 0.4 };
const rest = { mergeWindowMs: 200, minDurationMs: 50 };

describe('thresholds', () => {
  it('are the model’s own when nothing is asked for', () => {
    expect(resolveConfig(rest, recommended)).toEqual({ thresholds: recommended, ...rest });
  });

  it('are one for all, taken literally, even 0', () => {
    expect(resolveConfig({ threshold: 0, ...rest }, recommended).thresholds).toEqual({ glitch: 0, echo: 0 });
  });

  it('of a type win over the one for all', () => {
    expect(resolveConfig({ threshold: 0.9, thresholds: { echo: 0.1 }, ...rest }, recommended).thresholds).toEqual({
      glitch: 0.9,
      echo: 0.1,
    });
  });

  it('of an unknown type are refused with their place', () => {
    expect(() => resolveConfig({ thresholds: { click: 0.5 }, ...rest }, recommended)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors: [expect.objectContaining({ loc: ['body', 'config', 'thresholds', 'click'] })],
      }),
    );
  });
});
