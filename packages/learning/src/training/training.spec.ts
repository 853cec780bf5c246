import { createRandom } from '@earmark/audio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_ADAM } from '../autodiff/adam.js';
import { createSession, float32Data, float32Tensor } from '@earmark/onnx-runtime';
import { createFeatureExtractor, type FeatureExtractor } from '../features/feature-extractor.js';
import {
  amplitudeFeatures,
  DEFAULT_FEATURE_SPEC,
  featureCountOf,
  featureFloors,
  silenceFeature,
} from '../features/feature-spec.js';
import { augmentFeatures } from '../engines/ort/feature-nodes.js';
import { GraphBuilder } from '../onnx/graph-builder.js';
import { drawChannel } from './augmentation.js';
import { BatchSampler } from './batch-sampler.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import { learningRateAt } from './fit.js';
import { featuresInMemory } from './feature-source.js';
import type { FitState } from './fit-state.js';
import { localContextFramesOf } from '../network/network-spec.js';
import { measureNoiseTexture } from './noise-texture.js';
import { measureNormalisation } from './normalisation.js';
import { stretchesOf, type Stretch } from './stretch.js';
import { resolveTrainingConfig } from './training-config.js';
import { labelChunks, labelFrames } from './window-labels.js';

const spec = DEFAULT_FEATURE_SPEC;
const F = featureCountOf(spec);
const random = createRandom('training');
const geometry = { artifactTypes: ['click', 'pause'], frameMs: 10, grid: { chunkFrames: 50, strideFrames: 25 } };

describe('labels', () => {
  it('marks chunks that hear enough of an event, and leaves out those that hear too little to tell', () => {
    const rows = { labels: new Float32Array(6), weights: new Float32Array(6).fill(1) };
    labelChunks(
      rows,
      [
        { artifactType: 'pause', startMs: 450, endMs: 700 },
        { artifactType: 'other', startMs: 0, endMs: 900 },
      ],
      0,
      geometry,
    );
    expect([...rows.labels]).toEqual([0, 0, 0, 1, 0, 1]);
    expect([...rows.weights]).toEqual([1, 0, 1, 2, 1, 2]);
  });

  it('counts a short event for every chunk that holds half of it', () => {
    const rows = { labels: new Float32Array(6), weights: new Float32Array(6).fill(1) };
    labelChunks(rows, [{ artifactType: 'click', startMs: 1240, endMs: 1260 }], 1000, geometry);
    expect([...rows.labels]).toEqual([1, 0, 1, 0, 0, 0]);
  });

  it('marks the frames that an event touches, inside the window', () => {
    const rows = { labels: new Float32Array(8), weights: new Float32Array(8).fill(1) };
    labelFrames(rows, [{ artifactType: 'click', startMs: 95, endMs: 111 }], 100, geometry);
    expect([...rows.labels]).toEqual([1, 0, 1, 0, 0, 0, 0, 0]);
  });
});

describe('stretches', () => {
  it('cuts features and events to whole frames of the portion', () => {
    const values = Float32Array.from({ length: 100 * 2 }, (_, i) => Math.floor(i / 2));
    const file = {
      fileId: 'a',
      features: featuresInMemory(values, 2),
      events: [{ artifactType: 'click', startMs: 400, endMs: 520 }],
    };
    const [stretch] = stretchesOf([file], [{ fileId: 'a', startMs: 195, endMs: 505 }], 10);
    expect(stretch?.features.frameCount).toBe(30);
    const frames = new Float32Array(4);
    stretch?.features.read(1, frames);
    expect([...frames]).toEqual([21, 21, 22, 22]);
    expect(() => featuresInMemory(values, 3)).toThrow('whole frames');
    expect(stretch?.events).toEqual([{ artifactType: 'click', startMs: 200, endMs: 300 }]);
  });
});

describe('normalisation', () => {
  it('is the mean and deviation over all frames, with a floor for features that hardly vary', () => {
    const stretch = (values: number[]): Stretch => ({
      fileId: 'a',
      features: featuresInMemory(Float32Array.from(values), 2),
      events: [],
    });
    const { mean, deviation } = measureNormalisation([stretch([1, 7, 3, 7]), stretch([5, 7])], 2);
    expect([...mean]).toEqual([3, 7]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(8 / 3), 5);
    expect(deviation[1]).toBeCloseTo(0.05, 6);
  });
});

describe('augmentation', () => {
  let extractor: FeatureExtractor;
  beforeAll(async () => {
    extractor = await createFeatureExtractor(spec);
  });
  afterAll(() => extractor.close());
  const wave = Float32Array.from({ length: 32_000 }, (_, i) => 0.05 * Math.sin(i * 0.3) + random.gaussian(0, 0.02));

  async function applied(features: Float32Array, gains: Float32Array, noise: Float32Array): Promise<Float32Array> {
    const graph = new GraphBuilder('augment');
    const shape = [1, features.length / F, F];
    const out = augmentFeatures(graph, graph.input('x', shape), {
      gains: graph.input('gains', [1, 1, F]),
      noise: graph.input('noise', shape),
      floors: featureFloors(spec),
      amplitudes: amplitudeFeatures(spec),
    });
    const session = await createSession(graph.build({ outputs: { out } }));
    const feeds = {
      x: float32Tensor(features, shape),
      gains: float32Tensor(gains, [1, 1, F]),
      noise: float32Tensor(noise, shape),
    };
    const result = float32Data(await session.run(feeds), 'out');
    await session.close();
    return result;
  }

  it('changes the features of a sound as a gain on the sound itself does', async () => {
    const gain = 0.3;
    const gains = new Float32Array(F).fill(gain * gain, 0, spec.melBands).fill(gain, spec.melBands);
    const features = await extractor.extractWave(wave);
    const fromFeatures = await applied(features, gains, new Float32Array(features.length));
    const fromWave = await extractor.extractWave(wave.map((sample) => sample * gain));
    for (let i = 0; i < features.length; i++) {
      if (i % F !== F - 1) expect(Math.abs(fromFeatures[i]! - fromWave[i]!)).toBeLessThan(2e-3);
    }
  });

  it('adds noise that looks like noise in the sound', async () => {
    const texture = await measureNoiseTexture(spec, (sound) => extractor.extractWave(sound));
    const silence = await extractor.extractWave(new Float32Array(80_000));
    const factor = 0.001 / texture.amplitude;
    const noise = texture.values
      .slice(0, silence.length)
      .map((value, i) => value * (i % F < spec.melBands ? factor ** 2 : factor));
    const fromFeatures = await applied(silence, new Float32Array(F).fill(1), noise);
    const fromWave = await extractor.extractWave(Float32Array.from({ length: 80_000 }, () => random.gaussian(0, 0.001)));
    const meanOf = (features: Float32Array, feature: number): number => {
      const column = features.filter((_, i) => i % F === feature);
      return column.reduce((sum, value) => sum + value, 0) / column.length;
    };
    for (const feature of [20, 40, 60, 64, 65, 66, 67]) {
      expect(Math.abs(meanOf(fromFeatures, feature) - meanOf(fromWave, feature))).toBeLessThan(0.15);
    }
  });

  it('adds noise to a sound as loud as it in power, not in amplitude', async () => {
    const texture = await measureNoiseTexture(spec, (sound) => extractor.extractWave(sound));
    const sound = Float32Array.from({ length: 80_000 }, () => random.gaussian(0, texture.amplitude));
    const features = await extractor.extractWave(sound);
    const noise = texture.values.slice(0, features.length);
    const fromFeatures = await applied(features, new Float32Array(F).fill(1), noise);
    const louder = Float32Array.from({ length: 80_000 }, () => random.gaussian(0, texture.amplitude * Math.SQRT2));
    const fromWave = await extractor.extractWave(louder);
    const meanOf = (values: Float32Array, feature: number): number => {
      const column = values.filter((_, i) => i % F === feature);
      return column.reduce((sum, value) => sum + value, 0) / column.length;
    };
    // A sum of amplitudes would be log(2) - log(√2) = 0.35 too high.
    for (let feature = 64; feature < 68; feature++) {
      expect(Math.abs(meanOf(fromFeatures, feature) - meanOf(fromWave, feature))).toBeLessThan(0.1);
    }
  });

  it('changes the share of silence with the gain, and leaves digital silence', async () => {
    const quiet = Float32Array.from({ length: 80_000 }, (_, i) => (i < 40_000 ? random.gaussian(0, 3e-4) : 0));
    const frames = await extractor.extractWave(quiet);
    const row = () => ({ gains: new Float32Array(F), noise: new Float32Array(frames.length), mask: new Float32Array(F).fill(1) });
    const silence = silenceFeature(spec);
    const meanShare = (values: Float32Array, from: number): number => {
      const column = values.filter((_, i) => i % F === silence).slice(from, from + 200);
      return column.reduce((sum, value) => sum + value, 0) / column.length;
    };
    const errors: number[] = [];
    for (let seed = 0; seed < 20; seed++) {
      const channel = { ...row(), frames: frames.slice() };
      drawChannel(createRandom(seed), spec, { amplitude: 0.01, values: new Float32Array(frames.length + F) }, channel);
      const gain = channel.gains[spec.melBands + 2]!;
      if (meanShare(channel.frames, 275) < 0.999) continue; // noise was drawn, which fills the silence
      const changed = await extractor.extractWave(quiet.map((sample) => sample * gain));
      errors.push(Math.abs(meanShare(channel.frames, 20) - meanShare(changed, 20)));
    }
    expect(errors.length).toBeGreaterThan(3);
    expect(Math.max(...errors)).toBeLessThan(0.12);
  });

  it('draws the same channel from the same random state', async () => {
    const texture = { amplitude: 0.01, values: new Float32Array(500 * F).fill(0.1) };
    const drawn = [1, 1, 2].map((seed) => {
      const row = {
        frames: new Float32Array(20 * F),
        gains: new Float32Array(F),
        noise: new Float32Array(20 * F),
        mask: new Float32Array(F).fill(1),
      };
      drawChannel(createRandom(seed), spec, texture, row);
      return row;
    });
    expect(drawn[1]).toEqual(drawn[0]);
    expect(drawn[2]).not.toEqual(drawn[0]);
    expect(drawn[0]!.gains.subarray(0, silenceFeature(spec)).every((gain) => gain > 0)).toBe(true);
  });
});

describe('BatchSampler', () => {
  const network = {
    version: 1,
    featureCount: F,
    typeCount: 2,
    channels: 4,
    stemKernel: 5,
    residualKernel: 3,
    dilations: [1],
    grid: geometry.grid,
  } as const;
  const definition = {
    network,
    normalisation: { mean: new Float32Array(F).fill(7), deviation: new Float32Array(F).fill(1) },
    featureFloors: featureFloors(spec),
    amplitudes: amplitudeFeatures(spec),
    batchSize: 64,
    windowFrames: 100,
    frameLossWeight: 0.5,
    adam: DEFAULT_ADAM,
  };
  const stretch = (frameCount: number, events: Stretch['events'] = []): Stretch => ({
    fileId: 'a',
    features: featuresInMemory(
      Float32Array.from({ length: frameCount * F }, (_, i) => Math.floor(i / F)),
      F,
    ),
    events,
  });

  it('draws rare types as often as common ones', () => {
    const pauses = Array.from({ length: 50 }, (_, i) => ({ artifactType: 'pause', startMs: 2000 * i, endMs: 2000 * i + 800 }));
    const stretches = [stretch(10_000, pauses), stretch(20_000, [{ artifactType: 'click', startMs: 100_000, endMs: 100_020 }])];
    const sampler = new BatchSampler(stretches, { definition, featureSpec: spec, labels: geometry });
    const source = createRandom(1);
    let clicks = 0;
    for (let round = 0; round < 20; round++) {
      const { frameLabels } = sampler.next(source);
      for (let row = 0; row < 64; row++)
        clicks += Number(frameLabels.subarray(row * 200, row * 200 + 200).some((label, i) => i % 2 === 0 && label === 1));
    }
    expect(clicks / (20 * 64)).toBeGreaterThan(0.2);
    expect(clicks / (20 * 64)).toBeLessThan(0.32);
  });

  it('gives no say to what lacks context because of the cut, but does at the ends of the audio', () => {
    const wide = { ...definition, batchSize: 40, windowFrames: 200 };
    const sampler = new BatchSampler([stretch(1000)], { definition: wide, featureSpec: spec, labels: geometry });
    const reach = localContextFramesOf(network);
    const { features, frameWeights, chunkWeights } = sampler.next(createRandom(3));
    const starts = Array.from({ length: 40 }, (_, row) => features[row * 200 * F]!);
    for (const [row, start] of starts.entries()) {
      const frames = frameWeights.subarray(row * 400, row * 400 + 400);
      const chunks = chunkWeights.subarray(row * 14, row * 14 + 14);
      expect([frames[0], frames[2 * reach]]).toEqual([start === 0 ? 1 : 0, 1]);
      expect([frames[399], frames[399 - 2 * reach]]).toEqual([start === 800 ? 1 : 0, 1]);
      expect([chunks[0], chunks[2], chunks[13]]).toEqual([start === 0 ? 1 : 0, 1, start === 800 ? 1 : 0]);
    }
    expect(starts).toContain(0);
    expect(starts).toContain(800);
    expect(starts.some((start) => start > 0 && start < 800)).toBe(true);
  });

  it('pads a short stretch with the mean and gives the padding no say', () => {
    const sampler = new BatchSampler([stretch(60)], { definition, featureSpec: spec, labels: geometry });
    const batch = sampler.next(createRandom(1));
    expect([batch.features[59 * F], batch.features[60 * F]]).toEqual([59, 7]);
    expect([...batch.chunkWeights.subarray(0, 6)]).toEqual([1, 1, 0, 0, 0, 0]);
    expect([batch.frameWeights[119], batch.frameWeights[120]]).toEqual([1, 0]);
  });
});

describe('checkpoint', () => {
  const vector = (start: number): Float32Array => Float32Array.from({ length: 5 }, (_, i) => start + i / 3);
  const state: FitState = {
    epoch: 3,
    optimiser: { step: 42, parameters: vector(1), gradientMean: vector(2), gradientVariance: vector(3) },
    average: vector(4),
    random: [1, 2, 3, 4],
    best: { epoch: 2, valLoss: 0.1 + 0.2 },
    landing: { fromStep: 10, toStep: 50, fromRate: 1 / 3, lastEpoch: 7 },
    history: [{ epoch: 1, trainLoss: 1 / 3, valLoss: 2, valF1: 0 }],
  };

  it('comes back exactly', () => {
    expect(decodeCheckpoint(encodeCheckpoint(state, 'f'), 'f')).toEqual(state);
  });

  it('is refused when cut off, foreign or of another training', () => {
    const bytes = encodeCheckpoint(state, 'f');
    expect(() => decodeCheckpoint(bytes, 'g')).toThrow('other data or settings');
    expect(() => decodeCheckpoint(bytes.subarray(0, bytes.length - 1), 'f')).toThrow('cut off');
    expect(() => decodeCheckpoint(bytes.subarray(0, 3), 'f')).toThrow('cut off');
    expect(() => decodeCheckpoint(new TextEncoder().encode('anything else at all'), 'f')).toThrow('not a training checkpoint');
  });
});

describe('schedule and config', () => {
  it('warms up, peaks and ends at a hundredth', () => {
    expect(learningRateAt(0, 3000, 1)).toBeCloseTo(1 / 60, 3);
    expect(learningRateAt(60, 3000, 1)).toBeGreaterThan(0.99);
    expect(learningRateAt(3000, 3000, 1)).toBeCloseTo(0.01, 6);
  });

  it('names the field that is out of range', () => {
    expect(() => resolveTrainingConfig({ artifactTypes: ['a'], epochs: 101 })).toThrow('epochs is out of range (101)');
    expect(() => resolveTrainingConfig({ artifactTypes: ['a'], strideMs: 600 })).toThrow('strideMs');
    expect(() => resolveTrainingConfig({ artifactTypes: ['a', 'a'] })).toThrow('artifactTypes');
    expect(resolveTrainingConfig({ artifactTypes: ['a'] })).toMatchObject({ epochs: 20, batchSize: 32, chunkSizeMs: 500 });
  });
});
