import { createRandom } from '@earmark/audio';
import { featureFloors, type FeatureSpec } from '../features/feature-spec.js';
import type { NoiseTexture } from './augmentation.js';

const AMPLITUDE = 0.01;
const SECONDS = 20;

/** Listens to seeded white noise through the features themselves, so that added noise fluctuates exactly as real noise does. */
export async function measureNoiseTexture(
  spec: FeatureSpec,
  extract: (wave: Float32Array) => Promise<Float32Array>,
): Promise<NoiseTexture> {
  const random = createRandom('noise texture');
  const wave = Float32Array.from({ length: SECONDS * spec.sampleRateHz }, () => random.gaussian(0, AMPLITUDE));
  const features = await extract(wave);
  const floors = featureFloors(spec);
  const values = features.map((value, i) => {
    const floor = floors[i % floors.length]!;
    return floor === 0 ? 0 : Math.max(0, Math.exp(value) - floor);
  });
  return { amplitude: AMPLITUDE, values };
}
