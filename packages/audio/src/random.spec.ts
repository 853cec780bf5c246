import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRandom } from './random.js';

const draw = (random: { uniform(): number }, count: number): number[] => Array.from({ length: count }, () => random.uniform());

describe('createRandom', () => {
  it('runs sfc32: the words of an independent implementation (Python) from state 1, 2, 3, 4', () => {
    const random = createRandom(0);
    random.restore([1, 2, 3, 4]);
    const words = draw(random, 6).map((value) => value * 2 ** 32);
    expect(words).toEqual([7, 34, 56_623_200, 188_882_296, 3_431_242_869, 399_395_954]);
  });

  it('keeps its sequences for ever: stored models and corpora depend on them', () => {
    expect(draw(createRandom(42), 3)).toEqual([0.7880132389254868, 0.5917925485409796, 0.7950534413103014]);
    expect(createRandom('42').uniform()).toBe(0.7142771556973457);
    expect(createRandom(42).fork('a').uniform()).toBe(0.2542480102274567);
  });

  it('goes on from a saved state', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, skip) => {
        const random = createRandom(seed);
        draw(random, skip);
        random.gaussian();
        const state = random.save();
        const expected = [...draw(random, 5), random.gaussian()];
        const other = createRandom('another');
        other.restore(JSON.parse(JSON.stringify(state)) as typeof state);
        expect([...draw(other, 5), other.gaussian()]).toEqual(expected);
      }),
    );
  });

  it('forks by name without moving on, and differently for different names', () => {
    const random = createRandom(7);
    const before = random.save();
    const forks = ['a', 'b', 'ab'].map((name) => random.fork(name).uniform());
    expect(random.save()).toEqual(before);
    expect(new Set(forks).size).toBe(3);
    expect(random.fork('a').uniform()).toBe(forks[0]);
  });

  it('is uniform and normal within 4 standard errors over 20,000 draws', () => {
    const random = createRandom('moments');
    const count = 20_000;
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
    const uniform = draw(random, count);
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * count));
    const normal = Array.from({ length: count }, () => random.gaussian(3, 2));
    expect(Math.abs(mean(normal) - 3)).toBeLessThan((4 * 2) / Math.sqrt(count));
    expect(Math.abs(mean(normal.map((value) => (value - 3) ** 2)) / 4 - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  });

  it('stays in range, picks, shuffles and takes chances', () => {
    const random = createRandom(1);
    const ints = new Set(Array.from({ length: 200 }, () => random.int(-2, 2)));
    expect([...ints].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1]);
    expect(draw({ uniform: () => random.range(5, 6) }, 50).every((value) => value >= 5 && value < 6)).toBe(true);
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
    const items = Array.from({ length: 30 }, (_, i) => i);
    const shuffled = random.shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.sort((a, b) => a - b)).toEqual(items);
    expect(items).toContain(random.pick(items));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
