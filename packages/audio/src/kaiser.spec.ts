import { describe, expect, it } from '@jest/globals';
import { besselI0, kaiserBeta } from './kaiser.js';

describe('golden: scipy 1.17.1', () => {
  it.each([
    [0.5, 1.0634833707413234],
    [3, 4.880792585865024],
    [7.5, 268.1613115151893],
  ])('special.i0(%d)', (x, value) => expect(besselI0(x) / value).toBeCloseTo(1, 12));

  it.each([
    [75, 7.30626],
    [40, 3.3953210522614574],
    [10, 0],
  ])('signal.kaiser_beta(%d)', (attenuationDb, beta) => expect(kaiserBeta(attenuationDb)).toBeCloseTo(beta, 10));
});
