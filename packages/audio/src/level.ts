/** Amplitude ratio of a level in dB (20 log10). */
export function dbToGain(db: number): number {
  return 10 ** (db / 20);
}

/** Level in dB of an amplitude ratio; -Infinity for 0. */
export function gainToDb(gain: number): number {
  return 20 * Math.log10(gain);
}

/** Root mean square of samples [start, end); 0 when there are none. */
export function rms(samples: Float32Array, start = 0, end = samples.length): number {
  if (end <= start) return 0;
  let energy = 0;
  for (let i = start; i < end; i++) energy += (samples[i] as number) ** 2;
  return Math.sqrt(energy / (end - start));
}

/** Largest absolute sample; 0 when there are none. */
export function peak(samples: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < samples.length; i++) {
    const size = Math.abs(samples[i] as number);
    if (size > largest) largest = size;
  }
  return largest;
}
