import { describe, expect, it } from '@jest/globals';
import { needsLease, rateFigures, spendOne, windowFrom } from './rate-window.js';

const sizes = { limit: 100, block: 40 };

describe('a rate window', () => {
  it('spends what was leased, then asks for more while there is more', () => {
    let window = windowFrom({ leased: 40, resetInMs: 30_000 }, sizes, 1_000);
    expect(rateFigures(window, 1_000)).toEqual({ limit: 100, remaining: 100, resetSeconds: 30 });
    for (let spent = 0; spent < 40; spent += 1) window = spendOne(window) ?? window;
    expect(window.inHand).toBe(0);
    expect(needsLease(window, 2_000)).toBe(true);
    expect(rateFigures(window, 2_500).remaining).toBe(60);
  });

  it('gives the rest at the end of the budget, and nothing behind it', () => {
    const last = windowFrom({ leased: 120, resetInMs: 30_000 }, sizes, 0);
    expect(last).toMatchObject({ inHand: 20, unleased: 0 });
    const behind = windowFrom({ leased: 160, resetInMs: 30_000 }, sizes, 0);
    expect(spendOne(behind)).toBeNull();
    expect(needsLease(behind, 29_999)).toBe(false);
    expect(needsLease(behind, 30_000)).toBe(true);
  });
});
