import type { ModelManifest } from '@earmark/contracts';
import { contextFramesOf, featureCountOf, type DetectorManifest } from '@earmark/learning';

/** What the platform says about an exported detector, from the file's own metadata. */
export function modelManifestOf(detector: DetectorManifest, device: string): ModelManifest {
  const { featureSpec, postProcessing } = detector;
  const { hopSamples, windowSamples } = featureSpec;
  // A frame's window reaches beyond its hop on either side.
  const featureContextFrames = Math.ceil((windowSamples - hopSamples) / 2 / hopSamples);
  return {
    manifestVersion: 1,
    kind: 'detector',
    artifactTypes: [...detector.artifactTypes],
    thresholds: { ...detector.thresholds },
    featureSpec: { ...featureSpec, featureCount: featureCountOf(featureSpec) },
    chunkSizeMs: detector.chunkSizeMs,
    strideMs: detector.strideMs,
    contextSamples: (contextFramesOf(detector.network) + featureContextFrames) * hopSamples,
    postProcessing: { mergeWindowMs: postProcessing.mergeWindowMs, minDurationMs: postProcessing.minDurationMs },
    inputs: ['wave'],
    outputs: ['frame_scores', 'chunk_scores'],
    dataHash: detector.dataHash,
    seed: detector.seed,
    engine: device === 'tfjs-gpu' ? 'tfjs' : 'onnxruntime',
    versions: { ...detector.versions },
  };
}
