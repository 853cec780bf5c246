import type { FeatureSpec } from './feature-spec.js';

/** Frequency bins of the DFT over one window. */
export function binCountOf(spec: FeatureSpec): number {
  return Math.floor(spec.windowSamples / 2) + 1;
}

/** Hann-windowed DFT as a matrix [windowSamples, 2 · bins]: cosines, then sines. */
export function dftMatrix(spec: FeatureSpec): Float32Array {
  const { windowSamples } = spec;
  const bins = binCountOf(spec);
  const matrix = new Float32Array(windowSamples * 2 * bins);
  for (let n = 0; n < windowSamples; n++) {
    const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / windowSamples);
    for (let bin = 0; bin < bins; bin++) {
      // The product is reduced first: large angles would lose digits in the trigonometric functions.
      const angle = (2 * Math.PI * ((bin * n) % windowSamples)) / windowSamples;
      matrix[n * 2 * bins + bin] = hann * Math.cos(angle);
      matrix[n * 2 * bins + bins + bin] = -hann * Math.sin(angle);
    }
  }
  return matrix;
}

/**
 * Triangular mel filters as a matrix [bins, melBands] (HTK's mel scale, peak 1).
 * No flank is narrower than one bin: at low frequencies a strict triangle would fall between two bins and stay empty.
 */
export function melMatrix(spec: FeatureSpec): Float32Array {
  const { melBands } = spec;
  const bins = binCountOf(spec);
  const binHz = spec.sampleRateHz / spec.windowSamples;
  const edges = melEdgesHz(spec);
  const matrix = new Float32Array(bins * melBands);
  for (let band = 0; band < melBands; band++) {
    const [low, centre, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!];
    for (let bin = 0; bin < bins; bin++) {
      const rising = 1 - (centre - bin * binHz) / Math.max(binHz, centre - low);
      const falling = 1 - (bin * binHz - centre) / Math.max(binHz, high - centre);
      matrix[bin * melBands + band] = Math.max(0, Math.min(rising, falling));
    }
  }
  return matrix;
}

function melEdgesHz({ melBands, melLowHz, melHighHz }: FeatureSpec): number[] {
  const toMel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);
  const toHz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);
  const [low, high] = [toMel(melLowHz), toMel(melHighHz)];
  return Array.from({ length: melBands + 2 }, (_, i) => toHz(low + ((high - low) * i) / (melBands + 1)));
}
