import { createRandom } from '@earmark/audio';
import { expect, it } from '@jest/globals';
import { DEFAULT_FEATURE_SPEC, featureCountOf } from '../features/feature-spec.js';
import { featuresInMemory, type FeatureSource } from './feature-source.js';
import { guessVoices } from './voices.js';

const spec = DEFAULT_FEATURE_SPEC;
const F = featureCountOf(spec);

/** Frames of one voice: formants at its own places, level and tilt of the recording by chance. */
function recording(voice: number, seed: number): FeatureSource {
  const random = createRandom(`${voice} ${seed}`);
  const [level, tilt] = [random.range(-6, 0), random.range(-2, 2)];
  const values = new Float32Array(400 * F);
  for (let frame = 0; frame < 400; frame++) {
    const loud = frame % 4 < 2;
    for (let band = 0; band < spec.melBands; band++) {
      const formants = Math.cos((band / spec.melBands) * Math.PI * (4 + 2 * voice) + voice);
      values[frame * F + band] = level + tilt * (band / spec.melBands) + (loud ? 2 * formants : -4) + random.gaussian(0, 0.3);
    }
  }
  return featuresInMemory(values, F);
}

it('puts files of one voice together, whatever the level and tilt of their recordings', () => {
  const files = Array.from({ length: 12 }, (_, index) => recording(index % 3, index));
  const labels = guessVoices(files, spec) ?? [];
  expect(new Set(labels).size).toBe(3);
  for (const [index, label] of labels.entries()) expect(label).toBe(labels[index % 3]);
});

it('does not guess from a handful of files', () => {
  expect(guessVoices([recording(0, 1), recording(1, 2)], spec)).toBeNull();
});
