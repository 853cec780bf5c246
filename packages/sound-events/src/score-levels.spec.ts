import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scoreLevels } from './score-levels.js';

describe.each(['chunk', 'frame'] as const)('%s levels', (name) => {
  const levels = scoreLevels[name];

  it('keep order, fit their integers, and give back exactly what was rounded before', () => {
    const anyScore = fc.double({ min: 0, max: 1, noNaN: true });
    const most = name === 'chunk' ? 32_767 : 127;
    fc.assert(
      fc.property(anyScore, anyScore, (a, b) => {
        expect(Math.abs(levels.toLevel(a))).toBeLessThanOrEqual(most);
        expect(levels.round(levels.round(a))).toBe(levels.round(a));
        expect(levels.toLevel(Math.fround(levels.round(a)))).toBe(levels.toLevel(a));
        if (a < b) expect(levels.round(a)).toBeLessThanOrEqual(levels.round(b));
      }),
    );
    expect([0, 1, NaN].map((score) => Math.sign(levels.toLevel(score)))).toEqual([-1, 1, -1]);
  });
});

it('tell scores near 1 apart that 16 linear bits do not', () => {
  const [a, b] = [0.999_938, 0.999_943];
  expect(Math.round(a * 65_535)).toBe(Math.round(b * 65_535));
  expect(scoreLevels.chunk.toLevel(b)).toBeGreaterThan(scoreLevels.chunk.toLevel(a));
});
