import { createRandom } from '@earmark/audio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { featureBlocks } from './feature-blocks.js';
import { createFeatureExtractor, type FeatureExtractor } from './feature-extractor.js';
import { canonicalJson, DEFAULT_FEATURE_SPEC, featureCountOf, featureSpecHash } from './feature-spec.js';
import { melMatrix } from './spectral-matrices.js';

const spec = DEFAULT_FEATURE_SPEC;
const featureCount = featureCountOf(spec);
const random = createRandom('features');
const wave = Float32Array.from({ length: 16_000 * 3 + 77 }, (_, i) => 0.1 * Math.sin(i * i * 1e-6) + random.gaussian(0, 0.01));

let extractor: FeatureExtractor;
beforeAll(async () => {
  extractor = await createFeatureExtractor(spec);
});
afterAll(() => extractor.close());

/** One log-mel frame straight from the definition, in double precision. */
function referenceMel(frame: number): number[] {
  const sample = (n: number): number => wave[frame * 160 - 120 + n] ?? 0;
  const mel = melMatrix(spec);
  const power = Array.from({ length: 201 }, (_, bin) => {
    let [re, im] = [0, 0];
    for (let n = 0; n < 400; n++) {
      const windowed = sample(n) * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 400));
      re += windowed * Math.cos((2 * Math.PI * bin * n) / 400);
      im -= windowed * Math.sin((2 * Math.PI * bin * n) / 400);
    }
    return re * re + im * im;
  });
  return Array.from({ length: 64 }, (_, band) =>
    Math.log(power.reduce((sum, value, bin) => sum + value * mel[bin * 64 + band]!, 0) + spec.melFloor),
  );
}

describe('features', () => {
  it('has a frame per whole hop and the log-mel values of the definition', async () => {
    const features = await extractor.extractWave(wave);
    expect(features.length).toBe(300 * featureCount);
    for (const frame of [0, 1, 150, 298]) {
      const computed = features.subarray(frame * featureCount, frame * featureCount + 64);
      for (const [band, value] of referenceMel(frame).entries()) expect(computed[band]).toBeCloseTo(value, 2);
    }
  });

  it('has the time-domain values of the definition', async () => {
    const frame = 100;
    const at = (n: number): number => wave[frame * 160 + n]!;
    const curvature = Array.from({ length: 160 }, (_, n) => Math.abs(at(n - 1) - 2 * at(n) + at(n + 1)));
    const loudness = Array.from({ length: 160 }, (_, n) => Math.abs(at(n)));
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    const expected = [
      Math.log(Math.max(...curvature) + 1e-4),
      Math.log(mean(curvature) + 1e-5),
      Math.log(Math.max(...loudness) + 1e-4),
      Math.log(mean(loudness) + 1e-5),
      mean(loudness.map((value) => Math.max(0, 1 - value / spec.silenceAmplitude))),
    ];
    const features = await extractor.extractWave(wave);
    const computed = features.subarray(frame * featureCount + 64, (frame + 1) * featureCount);
    for (const [i, value] of expected.entries()) expect(computed[i]).toBeCloseTo(value, 3);
  });

  it('says 1 for digital silence in the last feature', async () => {
    const features = await extractor.extractWave(new Float32Array(1600));
    expect(features[5 * featureCount + featureCount - 1]).toBe(1);
  });

  it.each([1, 7, 64, 1000])('gives the whole-file result in blocks of %d frames', async (blockFrames) => {
    const whole = await extractor.extractWave(wave);
    const reads: number[] = [];
    const file = {
      sampleCount: wave.length,
      read: (start: number, end: number) => {
        reads.push(end - start);
        return wave.subarray(start, end);
      },
    };
    const joined = new Float32Array(whole.length);
    for await (const block of featureBlocks(spec, (part) => extractor.extractWave(part), file, blockFrames)) {
      joined.set(block.features, block.startFrame * featureCount);
    }
    const difference = Math.max(...joined.map((value, i) => Math.abs(value - whole[i]!)));
    expect(difference).toBeLessThan(1e-4);
    expect(Math.max(...reads)).toBeLessThanOrEqual((blockFrames + 2) * spec.hopSamples);
  });
});

describe('feature spec', () => {
  it('leaves no mel band empty', () => {
    const mel = melMatrix(spec);
    for (let band = 0; band < 64; band++) {
      expect(mel.some((value, i) => i % 64 === band && value > 0.2)).toBe(true);
    }
  });

  it('hashes to the same text for the same values in another order, and to another for another value', () => {
    const reordered = Object.fromEntries(Object.entries(spec).reverse()) as unknown as typeof spec;
    expect(featureSpecHash(reordered)).toBe(featureSpecHash(spec));
    expect(featureSpecHash({ ...spec, melBands: 63 })).not.toBe(featureSpecHash(spec));
    expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
  });
});
