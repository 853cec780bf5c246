// A real detector, small enough to be trained in a spec: it has heard a few loud bursts of noise and is sure of nothing.
import { createHash } from 'node:crypto';
import {
  createFeatureExtractor,
  createOrtEngine,
  DEFAULT_FEATURE_SPEC,
  featureCountOf,
  featuresInMemory,
  resolveTrainingConfig,
  trainDetector,
} from '@earmark/learning';
import { noise, speechLike } from '@earmark/testkit';

const CLIP_MS = 20_000;
const BURST_EVERY_MS = 5_000;
const BURST_MS = 200;
const SAMPLES_PER_MS = 16;

/**
 * Something like speech with a burst of noise of 200 ms every 5 s, the first at 2.5 s; samples [n] at 16 kHz.
 * @param fade share of its loudness that each burst has of the one before; with less than 1, it is less and less sure that it is one
 */
export function audioWithBursts(durationMs: number, seed: number, fade = 1): Float32Array {
  const samples = speechLike({ durationMs, seed });
  for (const [index, startMs] of burstsOf(durationMs).entries()) {
    const burst = noise({ durationMs: BURST_MS, seed: seed + startMs, amplitude: 0.9 * fade ** index });
    samples.set(burst, startMs * SAMPLES_PER_MS);
  }
  return samples;
}

/** A long file out of a short one, which costs nothing to make. */
export function repeated(samples: Float32Array, times: number): Float32Array {
  const long = new Float32Array(samples.length * times);
  for (let offset = 0; offset < long.length; offset += samples.length) long.set(samples, offset);
  return long;
}

/** Where the bursts begin, in ms. */
export function burstsOf(durationMs: number): number[] {
  const starts: number[] = [];
  for (let startMs = BURST_EVERY_MS / 2; startMs + BURST_MS <= durationMs; startMs += BURST_EVERY_MS) starts.push(startMs);
  return starts;
}

/** The detector of bursts as an ONNX file; its one type is `glitch`. */
export async function trainBurstDetector(): Promise<Uint8Array> {
  const extractor = await createFeatureExtractor(DEFAULT_FEATURE_SPEC);
  const files = [];
  for (const seed of [1, 2, 3]) {
    const events = burstsOf(CLIP_MS).map((startMs) => ({ artifactType: 'glitch', startMs, endMs: startMs + BURST_MS }));
    const wave = await extractor.extractWave(audioWithBursts(CLIP_MS, seed));
    const features = featuresInMemory(wave, featureCountOf(DEFAULT_FEATURE_SPEC));
    files.push({ fileId: String(seed), features, events });
  }
  await extractor.close();
  const { model } = await trainDetector({
    engine: createOrtEngine(),
    threads: 1,
    config: resolveTrainingConfig({
      ...{ artifactTypes: ['glitch'], epochs: 2, batchSize: 8, learningRate: 0.01, minStepsPerEpoch: 30 },
      ...{ augment: false, earlyStoppingPatience: null, seed: 7 },
    }),
    files,
    dataHash: createHash('sha256').update('bursts').digest('hex'),
    versions: { earmark: 'spec' },
    network: (task) => ({ version: 1, ...task, channels: 16, stemKernel: 5, residualKernel: 3, dilations: [1, 2] }),
  });
  return model;
}
