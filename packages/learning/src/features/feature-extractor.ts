import { createSession, float32Data, float32Tensor } from '@earmark/onnx-runtime';
import { featureBlocks, type SampleReader } from './feature-blocks.js';
import { buildFeatureModel } from './feature-graph.js';
import { featureCountOf, type FeatureSpec } from './feature-spec.js';

/** Computes features with the nodes that exported models hold; occupies the calling thread while it runs. */
export interface FeatureExtractor {
  /** Features of a whole file, [frames, featureCount]. */
  extract(file: { readonly sampleCount: number; readonly read: SampleReader }): Promise<Float32Array>;
  /** Features of samples in memory, [frames, featureCount]. */
  extractWave(wave: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Loads the feature model; `threads` default 1. */
export async function createFeatureExtractor(
  spec: FeatureSpec,
  options: { readonly threads?: number } = {},
): Promise<FeatureExtractor> {
  const session = await createSession(buildFeatureModel(spec), options);
  const run = async (wave: Float32Array): Promise<Float32Array> =>
    float32Data(await session.run({ wave: float32Tensor(wave, [1, wave.length]) }), 'features');
  const extract: FeatureExtractor['extract'] = async (file) => {
    const frameCount = Math.floor(file.sampleCount / spec.hopSamples);
    const features = new Float32Array(frameCount * featureCountOf(spec));
    for await (const block of featureBlocks(spec, run, file))
      features.set(block.features, block.startFrame * featureCountOf(spec));
    return features;
  };
  return {
    extract,
    extractWave: (wave) => extract({ sampleCount: wave.length, read: (start, end) => wave.subarray(start, end) }),
    close: () => session.close(),
  };
}
