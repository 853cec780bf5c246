import { createRandom } from '@earmark/audio';
import { float32Tensor, measureParity } from '@earmark/onnx-runtime';
import { calibrate, identityCalibration } from '@earmark/sound-events';
import type { TrainingSession } from '../engine.js';
import type { FeatureExtractor } from '../features/feature-extractor.js';
import type { TrainedDetector } from './export-detector.js';

/** The largest difference that still counts as the same model. */
export const PARITY_TOLERANCE = 1e-5;
const TEST_SECONDS = 10;

/**
 * Proves that an exported file computes what the trainer's own session does: another process runs it on ten seconds of test sound.
 * @returns the largest absolute difference of any score; throws when it is above PARITY_TOLERANCE
 */
export async function verifyExport(
  model: Uint8Array,
  detector: TrainedDetector,
  reference: { readonly session: TrainingSession; readonly extractor: FeatureExtractor },
): Promise<number> {
  const wave = testSound(detector.featureSpec.sampleRateHz);
  const features = await reference.extractor.extractWave(wave);
  const { chunkLogits, frameLogits } = await reference.session.score(detector.parameters, features);
  const types = detector.network.typeCount;
  const chunkScores = chunkLogits.map((logit, i) => calibrate(logit, detector.calibrations[i % types] ?? identityCalibration));
  const frameScores = frameLogits.map((logit) => calibrate(logit, identityCalibration));
  const scores = (data: Float32Array) => float32Tensor(data, [1, data.length / types, types]);
  const difference = await measureParity(
    model,
    { wave: float32Tensor(wave, [1, wave.length]) },
    { chunk_scores: scores(chunkScores), frame_scores: scores(frameScores) },
  );
  if (difference > PARITY_TOLERANCE) {
    throw new Error(`the exported model differs from the trained one by ${difference} (at most ${PARITY_TOLERANCE} allowed)`);
  }
  return difference;
}

/** Tones, noise, clicks and silence of many levels, always the same. */
function testSound(sampleRateHz: number): Float32Array {
  const random = createRandom('parity');
  const wave = new Float32Array(TEST_SECONDS * sampleRateHz);
  const segment = sampleRateHz / 4;
  for (let start = 0; start < wave.length; start += segment) {
    const [tone, noise, hz] = [random.range(0, 0.5), 10 ** random.range(-6, -1), random.range(80, 6000)];
    const silent = random.chance(0.2);
    for (let i = start; i < start + segment && !silent; i++) {
      wave[i] = tone * Math.sin((2 * Math.PI * hz * i) / sampleRateHz) + random.gaussian(0, noise);
    }
    wave[start] = random.range(-1, 1);
  }
  return wave;
}
