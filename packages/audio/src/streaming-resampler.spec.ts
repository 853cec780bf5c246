import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gainToDb, peak } from './level.js';
import { createRandom } from './random.js';
import { StreamingResampler, resample } from './streaming-resampler.js';

const toHz = 16_000;
const rates = [8000, 11_025, 12_345, 16_000, 16_001, 22_050, 24_000, 32_000, 44_100, 44_101, 48_000, 96_000, 192_000];

function tone(frequencyHz: number, rateHz: number, seconds: number): Float32Array {
  return Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, i) =>
    Math.sin((2 * Math.PI * frequencyHz * i) / rateHz),
  );
}

function inPieces(samples: Float32Array, fromHz: number, cuts: readonly number[]): Float32Array {
  const resampler = new StreamingResampler({ fromHz, toHz });
  const parts: Float32Array[] = [];
  let at = 0;
  for (const cut of cuts) parts.push(resampler.push(samples.subarray(at, (at += cut))));
  parts.push(resampler.push(samples.subarray(at)), resampler.flush());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

describe('StreamingResampler', () => {
  it('gives the same bits however the input is cut', () => {
    const noise = createRandom('noise');
    const samples = Float32Array.from({ length: 9000 }, () => noise.range(-1, 1));
    const anyRate = fc.constantFrom(...rates);
    const anyCuts = fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 12 });
    fc.assert(
      fc.property(anyRate, anyCuts, (fromHz, cuts) => {
        const whole = resample(samples, { fromHz, toHz });
        expect(Buffer.from(inPieces(samples, fromHz, cuts).buffer).equals(Buffer.from(whole.buffer))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('returns round(n * to / from) samples for any rates and lengths', () => {
    const anyHz = fc.integer({ min: 1000, max: 400_000 });
    fc.assert(
      fc.property(anyHz, anyHz, fc.integer({ min: 0, max: 500 }), (fromHz, target, length) => {
        const out = resample(new Float32Array(length), { fromHz, toHz: target });
        expect(out.length).toBe(Math.round((length * target) / fromHz));
      }),
      { numRuns: 15 },
    );
  });

  it.each(rates)('keeps a tone in place and at its level from %i Hz', (fromHz) => {
    const out = resample(tone(997, fromHz, 0.5), { fromHz, toHz });
    const errors = out.map((sample, k) => sample - Math.sin((2 * Math.PI * 997 * k) / toHz)).subarray(400, -400);
    expect(peak(errors)).toBeLessThan(5e-4);
  });

  it.each(rates.filter((rate) => rate > toHz + 1))('rejects what would alias from %i Hz by 70 dB or more', (fromHz) => {
    for (let step = 0; step <= 12; step++) {
      const frequencyHz = 8005 + (step / 12) * (fromHz / 2 - 8010);
      const out = resample(tone(frequencyHz, fromHz, 0.08), { fromHz, toHz });
      expect(gainToDb(peak(out.subarray(400, -400)))).toBeLessThan(-70);
    }
  });

  it('leaves no image above the old Nyquist frequency', () => {
    // An 8 kHz tone of 3300 Hz would come back at 4700 Hz: what is left after taking the tone away must be 70 dB down.
    const out = resample(tone(3300, 8000, 0.5), { fromHz: 8000, toHz });
    const rest = out.map((sample, k) => sample - Math.sin((2 * Math.PI * 3300 * k) / toHz)).subarray(800, -800);
    expect(gainToDb(peak(rest))).toBeLessThan(-70);
  });

  it('puts a click where it was, the first sample included', () => {
    const click = new Float32Array(48_000);
    click[0] = 1;
    click[24_000] = 1;
    const out = resample(click, { fromHz: 48_000, toHz });
    expect(out[8000]).toBeCloseTo(peak(out), 6);
    expect(out[0]).toBeCloseTo(peak(out), 6);
    expect(out[8001]).toBeCloseTo(out[7999] as number, 6);
  });

  it('copies at equal rates', () => {
    const samples = tone(100, toHz, 0.1);
    const out = resample(samples, { fromHz: toHz, toHz });
    expect(out).toEqual(samples);
    expect(out.buffer).not.toBe(samples.buffer);
  });

  it.each([0, -1, 44_100.5, Number.NaN, 4_000_000_000])('refuses %p Hz', (fromHz) => {
    expect(() => new StreamingResampler({ fromHz, toHz })).toThrow(RangeError);
  });

  it('refuses input after the end', () => {
    const resampler = new StreamingResampler({ fromHz: 48_000, toHz });
    resampler.flush();
    expect(() => resampler.push(new Float32Array(1))).toThrow('push after flush');
    expect(resampler.flush()).toHaveLength(0);
  });
});

describe('golden: scipy 1.17.1, signal.resample_poly with firwin(400 * max(up, down) + 1, 0.94 / max(up, down), kaiser 10)', () => {
  // 0.1 s of three tones under a Hann window; from 44.1 kHz up also 11 kHz, which must vanish. Samples 100, 240 … 1360 at 16 kHz.
  const golden = [-0.00557, -0.1018, 0.03861, 0.12761, 0.0472, 0.2, -0.3092, -0.12761, 0.09171, 0.01935];

  it.each([8000, 22_050, 44_100, 48_000, 96_000])('agrees from %i Hz', (fromHz) => {
    const length = fromHz / 10;
    const input = Float32Array.from({ length }, (_, i) => {
      const angle = (2 * Math.PI * i) / fromHz;
      const tones = 0.5 * Math.sin(440 * angle) + 0.3 * Math.sin(1500 * angle) + 0.2 * Math.cos(2900 * angle);
      const ultrasound = fromHz > 24_000 ? 0.2 * Math.sin(11_000 * angle) : 0;
      return (tones + ultrasound) * 0.5 * (1 - Math.cos((2 * Math.PI * i) / length));
    });
    const out = resample(input, { fromHz, toHz });
    golden.forEach((value, index) => expect(Math.abs((out[100 + 140 * index] as number) - value)).toBeLessThan(2e-4));
  });
});
