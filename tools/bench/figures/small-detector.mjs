// A detector of the default network, trained for one epoch on a few minutes: as fast as any other, as good as none.
import {
  createFeatureExtractor,
  createOrtEngine,
  DEFAULT_FEATURE_SPEC,
  resolveTrainingConfig,
  trainDetector,
} from '@earmark/learning';
import { synthesize } from '@earmark/synthesis';
import { speechLike } from '@earmark/testkit';

const FILES = 12;
const FILE_MS = 30_000;
const artifactTypes = ['echo', 'glitch', 'hallucination', 'long_pause'];

/** Returns `{ model, parity }`: the ONNX bytes, and the largest difference that another process found. */
export async function trainSmallDetector() {
  const extractor = await createFeatureExtractor(DEFAULT_FEATURE_SPEC);
  const files = [];
  for (let index = 0; index < FILES; index++) {
    const made = synthesize(speechLike({ durationMs: FILE_MS, seed: index }), {
      seed: index,
      kinds: artifactTypes,
      densityPerMinute: 15,
    });
    files.push({ fileId: `file-${index}`, events: made.events, features: await extractor.extractWave(made.samples) });
  }
  await extractor.close();
  const config = resolveTrainingConfig({ artifactTypes, epochs: 1 });
  return trainDetector({ engine: createOrtEngine(), threads: 1, config, files, dataHash: 'bench', versions: {} });
}
