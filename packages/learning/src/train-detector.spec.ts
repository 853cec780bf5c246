import { createRandom } from '@earmark/audio';
import { createSession } from '@earmark/onnx-runtime';
import type { SoundEvent } from '@earmark/sound-events';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { detectionsFrom } from './detect/detections.js';
import { scoreFile } from './detect/score-file.js';
import { createOrtEngine } from './engines/ort/ort-engine.js';
import type { TrainingEngine, TrainingSession } from './engine.js';
import { readDetectorManifest } from './export/detector-manifest.js';
import { createFeatureExtractor } from './features/feature-extractor.js';
import { DEFAULT_FEATURE_SPEC, featureCountOf } from './features/feature-spec.js';
import type { NetworkSpec } from './network/network-spec.js';
import { trainDetector, type TrainDetectorRequest } from './train-detector.js';
import { resolveTrainingConfig } from './training/training-config.js';
import { featuresInMemory } from './training/feature-source.js';
import type { TrainingFile } from './training/stretch.js';

const artifactTypes = ['beep', 'gap'];

/** Noise with beeps and gaps at known places. */
function recording(seed: number, seconds = 20): { wave: Float32Array; events: SoundEvent[] } {
  const random = createRandom(seed);
  const wave = Float32Array.from({ length: seconds * 16_000 }, () => random.gaussian(0, 0.02));
  const events: SoundEvent[] = [];
  for (let startMs = 1000; startMs < seconds * 1000 - 2000; startMs += random.int(1500, 2500)) {
    const artifactType = random.pick(artifactTypes);
    const endMs = startMs + (artifactType === 'beep' ? 60 : 700);
    for (let i = startMs * 16; i < endMs * 16; i++) wave[i] = artifactType === 'gap' ? 0 : wave[i]! + 0.3 * Math.sin(i);
    events.push({ artifactType, startMs, endMs });
  }
  return { wave, events };
}

const network = (task: Pick<NetworkSpec, 'featureCount' | 'typeCount' | 'grid'>): NetworkSpec => ({
  version: 1,
  ...task,
  channels: 12,
  stemKernel: 5,
  residualKernel: 3,
  dilations: [1, 4],
});

const featureCount = featureCountOf(DEFAULT_FEATURE_SPEC);
let files: TrainingFile[];
beforeAll(async () => {
  const extractor = await createFeatureExtractor(DEFAULT_FEATURE_SPEC);
  files = [];
  for (let i = 0; i < 8; i++) {
    const { wave, events } = recording(i);
    files.push({
      fileId: `file ${i}`,
      group: `speaker ${i % 4}`,
      events,
      features: featuresInMemory(await extractor.extractWave(wave), featureCount),
    });
  }
  await extractor.close();
});

const request = (changes: Partial<TrainDetectorRequest> = {}): TrainDetectorRequest => ({
  engine: createOrtEngine(),
  threads: 1,
  config: resolveTrainingConfig({ artifactTypes, epochs: 3, batchSize: 8, learningRate: 0.01, seed: 5, minStepsPerEpoch: 20 }),
  files,
  dataHash: 'a hash',
  versions: { trainer: 'test' },
  network,
  ...changes,
});

describe('trainDetector', () => {
  it('learns to find artifacts in a file it never heard, with tight boundaries, and exports what it learned', async () => {
    const result = await trainDetector(request({ config: { ...request().config, epochs: 6 } }));
    expect(result.parity).toBeLessThanOrEqual(1e-5);
    expect(result.history).toHaveLength(6);
    expect(result.evaluation.report.macro.f1Score).toBeGreaterThan(0.8);

    const manifest = readDetectorManifest(result.model);
    expect(manifest).toMatchObject({ artifactTypes, dataHash: 'a hash', seed: 5, chunkSizeMs: 500, strideMs: 250, frameMs: 10 });
    expect(manifest.thresholds).toEqual(result.evaluation.thresholds.recommended);

    const { wave, events } = recording(99);
    const session = await createSession(result.model);
    const read = (start: number, end: number): Float32Array => wave.subarray(start, end);
    const audio = { sampleCount: wave.length, read };
    const whole = await scoreFile(manifest, (feeds) => session.run(feeds), audio, { blockMs: 60_000 });
    const blocks = await scoreFile(manifest, (feeds) => session.run(feeds), audio, { blockMs: 1500, concurrency: 3 });
    const difference = Math.max(...whole.chunkScores.map((score, i) => Math.abs(score - blocks.chunkScores[i]!)));
    expect(difference).toBeLessThan(1e-5);

    const detections = detectionsFrom(manifest, whole, 20_000);
    const found = events.filter((event) =>
      detections.some(
        (d) =>
          d.artifactType === event.artifactType &&
          Math.abs(d.startMs - event.startMs) <= 50 &&
          Math.abs(d.endMs - event.endMs) <= 50,
      ),
    );
    expect(found.length).toBeGreaterThanOrEqual(0.8 * events.length);
    expect(detections.length).toBeLessThanOrEqual(1.2 * events.length);
    expect(detectionsFrom(manifest, whole, 20_000, { thresholds: { beep: 1.01, gap: 1.01 } })).toEqual([]);

    const short = await scoreFile(manifest, (feeds) => session.run(feeds), {
      sampleCount: 100,
      read: () => wave.subarray(0, 100),
    });
    expect([short.frameCount, short.chunkScores.length]).toEqual([50, 2]);
    await session.close();
  });

  it('gives the same bytes again, and also when it was interrupted after an epoch', async () => {
    const checkpoints: Uint8Array[] = [];
    const whole = await trainDetector(request(), { onEpoch: (_, checkpoint) => void checkpoints.push(checkpoint()) });
    const resumed = await trainDetector(request({ checkpoint: checkpoints[0]! }));
    expect(resumed.model).toEqual(whole.model);
    expect(resumed.history).toEqual(whole.history);
    const other = await trainDetector(request({ config: { ...request().config, seed: 6 } }));
    expect(other.model).not.toEqual(whole.model);
    await expect(trainDetector(request({ checkpoint: checkpoints[0]!, dataHash: 'other' }))).rejects.toThrow(
      'other data or settings',
    );
  });

  it('stops at the next step when it is cancelled, with the reason', async () => {
    const abort = new AbortController();
    let steps = 0;
    const training = trainDetector(request(), {
      signal: abort.signal,
      onProgress: () => {
        steps += 1;
        if (steps === 3) abort.abort(new Error('cancelled by the user'));
      },
    });
    await expect(training).rejects.toThrow('cancelled by the user');
    expect(steps).toBe(3);
  });

  it('comes to an early end with a low learning rate when validation does not improve', async () => {
    const config = { ...request().config, epochs: 30, learningRate: 0.0001, minStepsPerEpoch: 1, earlyStoppingPatience: 2 };
    const rates: number[] = [];
    const engine = createOrtEngine();
    const noLearning: TrainingEngine = {
      device: 'cpu',
      open: async (...args) => {
        const session = await engine.open(...args);
        const step: TrainingSession['step'] = async (state, _batch, rate) => {
          rates.push(rate);
          return { loss: 1, state: { ...state, step: state.step + 1 } };
        };
        return {
          step,
          gradient: session.gradient.bind(session),
          score: session.score.bind(session),
          close: () => session.close(),
        };
      },
    };
    const { history, bestEpoch } = await trainDetector(request({ config, engine: noLearning }));
    // Best after epoch 1, patience until 3, then a tenth of the plan to land.
    expect([history.length, bestEpoch]).toEqual([6, 6]);
    expect(rates.at(-1)).toBeLessThan(0.5 * Math.max(...rates));
    const landing = rates.slice(rates.length / 2);
    expect(landing).toEqual([...landing].sort((a, b) => b - a));
  });

  it('evaluates, calibrates and verifies on the CPU whatever it trains on', async () => {
    const engine = createOrtEngine();
    const imprecise: TrainingEngine = {
      device: 'cuda',
      open: async (...args) => {
        const session = await engine.open(...args);
        const score: TrainingSession['score'] = async (...features) => {
          const { chunkLogits, frameLogits } = await session.score(...features);
          return { chunkLogits: chunkLogits.map((logit) => logit + 2e-3), frameLogits: frameLogits.map((logit) => logit + 2e-3) };
        };
        return {
          score,
          step: session.step.bind(session),
          gradient: session.gradient.bind(session),
          close: () => session.close(),
        };
      },
    };
    const config = { ...request().config, epochs: 1 };
    expect((await trainDetector(request({ config, engine: imprecise }))).parity).toBeLessThanOrEqual(1e-5);
  });

  it('never reports a detection longer than its type ever was', async () => {
    const { model, evaluation } = await trainDetector(request({ config: { ...request().config, epochs: 1 } }));
    const { maxDurationMs = {} } = readDetectorManifest(model).postProcessing;
    expect(maxDurationMs).toEqual({ beep: 60, gap: 700 });
    for (const { artifactType, startMs, endMs } of evaluation.judged.flatMap(({ detections }) => detections)) {
      expect(endMs - startMs).toBeLessThanOrEqual(maxDurationMs[artifactType]!);
    }
  });

  it('never says that speakers were kept together when nobody named them', async () => {
    const config = { ...request().config, epochs: 1, minStepsPerEpoch: 1 };
    const nameless = files.map(({ group: _, ...file }) => file);
    expect((await trainDetector(request({ config, files: nameless }))).split.unit).not.toBe('group');
    expect((await trainDetector(request({ config }))).split.unit).toBe('group');
  });

  it('takes a single file, cut into time blocks', async () => {
    const { split } = await trainDetector(request({ files: files.slice(0, 1), config: { ...request().config, epochs: 1 } }));
    expect(split).toEqual({ unit: 'time_block', smallData: true });
  });

  it('needs no augmentation and takes chunks that are no multiple of the stride', async () => {
    const config = { ...request().config, epochs: 1, augment: false, chunkSizeMs: 300, strideMs: 70 };
    const { model } = await trainDetector(request({ config }));
    expect(readDetectorManifest(model)).toMatchObject({ chunkSizeMs: 300, strideMs: 70 });
  });
});
