import { createRandom } from '@earmark/audio';

const rateHz = 16_000;

/** Something like speech [n]: syllables of harmonics with pauses between words, over a faint noise floor. */
export function speechLike(seconds: number, seed: number | string = 1): Float32Array {
  const random = createRandom(`speech:${seed}`);
  const samples = Float32Array.from({ length: Math.round(seconds * rateHz) }, () => random.gaussian(0, 0.001));
  for (let at = Math.round(0.2 * rateHz); at < samples.length - 0.4 * rateHz;) {
    const length = Math.round(random.range(0.12, 0.28) * rateHz);
    const pitchHz = random.range(90, 220);
    for (let i = 0; i < length && at + i < samples.length; i++) {
      const envelope = Math.sin((Math.PI * i) / length);
      let voice = 0;
      for (let harmonic = 1; harmonic <= 5; harmonic++)
        voice += Math.sin((2 * Math.PI * pitchHz * harmonic * i) / rateHz) / harmonic;
      samples[at + i] = (samples[at + i] as number) + 0.15 * envelope * voice;
    }
    at += length + (random.chance(0.2) ? Math.round(random.range(0.15, 0.3) * rateHz) : 0);
  }
  return samples;
}
