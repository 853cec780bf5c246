import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InterleavedMonoMixer, mixPlanarToMono } from './mixdown.js';

describe('mixing to mono', () => {
  it('takes the mean of planar channels', () => {
    expect([...mixPlanarToMono([Float32Array.of(1, 0, -1), Float32Array.of(0, 0.5, -1)])]).toEqual([0.5, 0.25, -1]);
    expect(() => mixPlanarToMono([])).toThrow(RangeError);
    expect(() => mixPlanarToMono([new Float32Array(2), new Float32Array(3)])).toThrow('differ in length');
  });

  it('does the same for interleaved samples, wherever they are cut', () => {
    const anySample = fc.integer({ min: -1024, max: 1024 }).map((value) => value / 1024);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.array(anySample, { maxLength: 90 }),
        fc.nat(90),
        (channels, samples, cut) => {
          const frames = Math.floor(samples.length / channels);
          const planar = Array.from({ length: channels }, (_, c) =>
            Float32Array.from({ length: frames }, (__, f) => samples[f * channels + c] as number),
          );
          const mixer = new InterleavedMonoMixer(channels);
          const input = Float32Array.from(samples);
          const mono = [...mixer.push(input.subarray(0, cut)), ...mixer.push(input.subarray(cut))];
          expect(mono).toEqual([...mixPlanarToMono(planar)]);
        },
      ),
    );
  });

  it.each([0, 1.5, -2])('refuses %d channels', (channels) =>
    expect(() => new InterleavedMonoMixer(channels)).toThrow(RangeError),
  );
});
