import { canonicalSampleRateHz } from '@earmark/audio';

/** The signal in every fixture, left channel, at time t: a sweep from 200 Hz that swells three times a second. */
export function knownSignal(seconds: number): number {
  return 0.5 * (0.6 + 0.4 * Math.sin(6 * Math.PI * seconds)) * Math.sin(2 * Math.PI * (200 * seconds + 400 * seconds * seconds));
}

/** Correlation of canonical samples [n] with the known signal, at the shift (within +-maxShift samples) that fits best. */
export function bestFit(samples: Float32Array, maxShift: number): { correlation: number; shift: number } {
  const known = Float64Array.from({ length: samples.length + 2 * maxShift }, (_, i) => {
    const seconds = (i - maxShift) / canonicalSampleRateHz;
    return seconds < 0 ? 0 : knownSignal(seconds);
  });
  let best = { correlation: -1, shift: 0 };
  for (let shift = -maxShift; shift <= maxShift; shift++) {
    const correlation = correlate(samples, known.subarray(maxShift + shift, maxShift + shift + samples.length));
    if (correlation > best.correlation) best = { correlation, shift };
  }
  return best;
}

function correlate(a: Float32Array, b: Float64Array): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
