import { createHash } from 'node:crypto';

/** How audio becomes feature frames; plain JSON, part of every exported model. Changing any field changes `featureSpecHash`. */
export interface FeatureSpec {
  readonly version: 1;
  readonly sampleRateHz: number;
  /** One frame every so many samples. */
  readonly hopSamples: number;
  /** Hann window of the spectrum; 2.5 hops. */
  readonly windowSamples: number;
  readonly melBands: number;
  readonly melLowHz: number;
  readonly melHighHz: number;
  /** Added to mel power before the logarithm. */
  readonly melFloor: number;
  /** Added to the four amplitude features before the logarithm: peak and mean of |second difference|, peak and mean of |x|. */
  readonly amplitudeFloors: readonly [number, number, number, number];
  /** Samples below this amplitude count, gradually, as silent. */
  readonly silenceAmplitude: number;
}

export const DEFAULT_FEATURE_SPEC: FeatureSpec = {
  version: 1,
  sampleRateHz: 16_000,
  hopSamples: 160,
  windowSamples: 400,
  melBands: 64,
  melLowHz: 30,
  melHighHz: 7_800,
  melFloor: 1e-5,
  amplitudeFloors: [1e-4, 1e-5, 1e-4, 1e-5],
  silenceAmplitude: 2e-4,
};

const AMPLITUDE_FEATURES = 4;

/** Values per frame: mel bands, four logarithmic amplitude features, and the share of near-silent samples. */
export function featureCountOf(spec: FeatureSpec): number {
  return spec.melBands + AMPLITUDE_FEATURES + 1;
}

/** The floor inside each feature's logarithm, [featureCount]; 0 for the last one, which is linear. */
export function featureFloors(spec: FeatureSpec): Float32Array {
  return Float32Array.from([...new Array<number>(spec.melBands).fill(spec.melFloor), ...spec.amplitudeFloors, 0]);
}

/** Where the amplitude features stand, [start, end). */
export function amplitudeFeatures({ melBands }: FeatureSpec): { readonly start: number; readonly end: number } {
  return { start: melBands, end: melBands + AMPLITUDE_FEATURES };
}

/** The column of the share of near-silent samples. */
export function silenceFeature({ melBands }: FeatureSpec): number {
  return melBands + AMPLITUDE_FEATURES;
}

/** Duration of one frame in milliseconds. */
export function frameMsOf(spec: FeatureSpec): number {
  return (spec.hopSamples * 1000) / spec.sampleRateHz;
}

/** SHA-256 in hex of the spec as canonical JSON (keys sorted): the key of cached features. */
export function featureSpecHash(spec: FeatureSpec): string {
  return createHash('sha256').update(canonicalJson(spec)).digest('hex');
}

/** JSON with the keys of every object sorted, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
