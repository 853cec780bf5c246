import { describe, expect, it } from '@jest/globals';
import { measureParity } from './parity.js';
import { PROBE_MODEL } from './probe-model.js';
import { float32Tensor } from './tensor.js';

const vector = (...values: number[]) => float32Tensor(Float32Array.from(values), [values.length]);

describe('measureParity', () => {
  it('measures the largest difference to what another process computes', async () => {
    expect(await measureParity(PROBE_MODEL, { x: vector(1, 2) }, { y: vector(2, 4) })).toBe(0);
    expect(await measureParity(PROBE_MODEL, { x: vector(1, 2) }, { y: vector(2, 4.5) })).toBe(0.5);
  });

  it('rejects another shape and values that are not finite', async () => {
    await expect(measureParity(PROBE_MODEL, { x: vector(1, 2) }, { y: vector(2) })).rejects.toThrow(
      'expected shape [1], got [2]',
    );
    await expect(measureParity(PROBE_MODEL, { x: vector(Number.NaN) }, { y: vector(2) })).rejects.toThrow('not finite');
  });
});
