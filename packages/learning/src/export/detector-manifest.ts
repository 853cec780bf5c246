import type { FeatureSpec } from '../features/feature-spec.js';
import { frameMsOf } from '../features/feature-spec.js';
import type { NetworkSpec } from '../network/network-spec.js';
import { readOnnxMetadata } from '../onnx/read-metadata.js';
import { DETECTOR_FORMAT, type DetectorDescription, type PostProcessingDefaults } from './detector-metadata.js';

/** Everything about a detector but its weights. */
export interface DetectorManifest extends DetectorDescription {
  readonly featureSpec: FeatureSpec;
  readonly network: NetworkSpec;
  readonly chunkSizeMs: number;
  readonly strideMs: number;
  readonly frameMs: number;
}

/** Reads the manifest out of an exported detector; throws when the file is not one. */
export function readDetectorManifest(model: Uint8Array): DetectorManifest {
  const metadata = readOnnxMetadata(model);
  if (metadata['format'] !== DETECTOR_FORMAT)
    throw new RangeError(`not an Earmark detector (format ${metadata['format'] ?? 'missing'})`);
  const json = (key: string): unknown => JSON.parse(metadata[key] ?? 'null');
  const featureSpec = json('feature_spec') as FeatureSpec;
  return {
    featureSpec,
    network: json('network') as NetworkSpec,
    artifactTypes: json('labels') as string[],
    thresholds: json('thresholds') as Record<string, number>,
    ...(metadata['quiet_thresholds'] === undefined
      ? {}
      : { quietThresholds: json('quiet_thresholds') as Record<string, number> }),
    postProcessing: json('post_processing') as PostProcessingDefaults,
    dataHash: metadata['data_hash'] ?? '',
    seed: Number(metadata['seed']),
    versions: json('versions') as Record<string, string>,
    chunkSizeMs: Number(metadata['chunk_size_ms']),
    strideMs: Number(metadata['stride_ms']),
    frameMs: frameMsOf(featureSpec),
  };
}
