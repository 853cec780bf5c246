import { canonicalSampleRateHz } from '@earmark/audio';

/** Samples in one millisecond: events begin and end on whole milliseconds, so their times are exact. */
export const samplesPerMs = canonicalSampleRateHz / 1000;

/** Fades both ends of a signal in place, linearly over `fadeMs` each, and returns it. */
export function fadeEnds(samples: Float32Array, fadeMs: number): Float32Array {
  const fade = Math.min(Math.round(fadeMs * samplesPerMs), samples.length >> 1);
  for (let i = 0; i < fade; i++) {
    const gain = (i + 0.5) / fade;
    samples[i] = (samples[i] as number) * gain;
    samples[samples.length - 1 - i] = (samples[samples.length - 1 - i] as number) * gain;
  }
  return samples;
}

/** Scales a signal in place so that its largest absolute sample is `target`; silence stays silent. */
export function scaleToPeak(samples: Float32Array, target: number): Float32Array {
  const largest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return largest > 0 ? scale(samples, target / largest) : samples;
}

/** Multiplies a signal in place and returns it. */
export function scale(samples: Float32Array, gain: number): Float32Array {
  for (let i = 0; i < samples.length; i++) samples[i] = (samples[i] as number) * gain;
  return samples;
}

/** The sum of two signals of one length, as a new one. */
export function mix(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((sample, i) => sample + (b[i] ?? 0));
}

/** Cuts a signal to -1…1 in place and returns it. */
export function clipToFullScale(samples: Float32Array): Float32Array {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] as number;
    if (sample > 1) samples[i] = 1;
    else if (sample < -1) samples[i] = -1;
  }
  return samples;
}
