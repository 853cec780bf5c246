import { featureCountOf, type FeatureSpec } from '../features/feature-spec.js';
import type { FeatureSource } from './feature-source.js';

/** Frames that are looked at per file, spread over it. */
const FRAMES_PER_FILE = 3000;
const BLOCK_FRAMES = 300;
/** Loud frames are speech: the upper part by mean log-mel. */
const SPEECH_SHARE = 0.5;
/** Cepstral coefficients; the first two are level and tilt, which recordings of one voice do not share. */
const CEPSTRA = { first: 2, end: 20 } as const;
const FILES_PER_VOICE = 4;
const MAX_VOICES = 32;
/** Files that form the clusters; further ones join the nearest. */
const MAX_CLUSTERED = 300;

/**
 * Guesses which files share a voice when nobody says: files are clustered by the mean and the spread of their speech's cepstra.
 * @returns a label per file; null where there are too few files for clusters of about four
 */
export function guessVoices(files: readonly FeatureSource[], spec: FeatureSpec): string[] | null {
  const wanted = Math.min(MAX_VOICES, Math.floor(files.length / FILES_PER_VOICE));
  if (wanted < 2) return null;
  const prints = standardise(files.map((file) => voicePrint(file, spec)));
  const clusters = cluster(spread(prints, MAX_CLUSTERED), wanted);
  return prints.map((print) => `voice ${nearest(print, clusters)}`);
}

/** Up to `count` of the values, evenly picked. */
function spread<T>(values: readonly T[], count: number): T[] {
  const every = Math.max(1, values.length / count);
  return Array.from({ length: Math.min(count, values.length) }, (_, i) => values[Math.floor(i * every)]!);
}

function nearest(print: Float64Array, clusters: readonly Cluster[]): number {
  const distances = clusters.map(({ centre }) => squaredDistance(print, centre));
  return distances.indexOf(Math.min(...distances));
}

/** Means, then deviations, of the cepstra of the louder frames. */
function voicePrint(file: FeatureSource, spec: FeatureSpec): Float64Array {
  const frames = speechFrames(file, spec);
  const count = CEPSTRA.end - CEPSTRA.first;
  const print = new Float64Array(2 * count);
  for (const frame of frames) {
    for (let i = 0; i < count; i++) {
      const value = cepstrum(frame, CEPSTRA.first + i);
      print[i]! += value / frames.length;
      print[count + i]! += (value * value) / frames.length;
    }
  }
  for (let i = 0; i < count; i++) print[count + i] = Math.sqrt(Math.max(0, print[count + i]! - print[i]! ** 2));
  return print;
}

function speechFrames(file: FeatureSource, spec: FeatureSpec): Float32Array[] {
  const featureCount = featureCountOf(spec);
  const blocks = Math.ceil(Math.min(FRAMES_PER_FILE, file.frameCount) / BLOCK_FRAMES);
  const frames: { level: number; bands: Float32Array }[] = [];
  for (let block = 0; block < blocks; block++) {
    const start = Math.floor((block * file.frameCount) / blocks);
    const values = new Float32Array(Math.min(BLOCK_FRAMES, file.frameCount - start) * featureCount);
    file.read(start, values);
    for (let row = 0; row < values.length; row += featureCount) {
      const bands = values.subarray(row, row + spec.melBands);
      frames.push({ bands, level: bands.reduce((sum, value) => sum + value, 0) });
    }
  }
  frames.sort((a, b) => b.level - a.level);
  return frames.slice(0, Math.max(1, Math.ceil(SPEECH_SHARE * frames.length))).map(({ bands }) => bands);
}

/** One coefficient of the discrete cosine transform (type II). */
function cepstrum(bands: Float32Array, index: number): number {
  let sum = 0;
  for (let band = 0; band < bands.length; band++) sum += bands[band]! * Math.cos((Math.PI * index * (band + 0.5)) / bands.length);
  return sum / bands.length;
}

/** Every dimension to unit deviation over the files. */
function standardise(prints: readonly Float64Array[]): Float64Array[] {
  const size = prints[0]?.length ?? 0;
  const deviations = Float64Array.from({ length: size }, (_, i) => {
    const values = prints.map((print) => print[i]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  });
  return prints.map((print) => print.map((value, i) => value / deviations[i]!));
}

/** Ward's agglomerative clustering (1963) down to `wanted` clusters. */
function cluster(points: readonly Float64Array[], wanted: number): Cluster[] {
  const clusters: Cluster[] = points.map((centre) => ({ size: 1, centre }));
  while (clusters.length > wanted) {
    const [a, b] = closestPair(clusters);
    clusters[a] = joined(clusters[a]!, clusters[b]!);
    clusters.splice(b, 1);
  }
  return clusters;
}

interface Cluster {
  readonly size: number;
  readonly centre: Float64Array;
}

/** The pair whose union raises the variance within clusters least. */
function closestPair(clusters: readonly Cluster[]): [number, number] {
  let best: [number, number] = [0, 1];
  let least = Infinity;
  for (let a = 0; a < clusters.length; a++) {
    for (let b = a + 1; b < clusters.length; b++) {
      const cost = wardCost(clusters[a]!, clusters[b]!);
      if (cost < least) [best, least] = [[a, b], cost];
    }
  }
  return best;
}

function joined(a: Cluster, b: Cluster): Cluster {
  const size = a.size + b.size;
  return { size, centre: a.centre.map((value, i) => (a.size * value + b.size * b.centre[i]!) / size) };
}

function wardCost(a: Cluster, b: Cluster): number {
  return ((a.size * b.size) / (a.size + b.size)) * squaredDistance(a.centre, b.centre);
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}
