import { canonicalJson, featureSpecHash, frameMsOf, type FeatureSpec } from '../features/feature-spec.js';
import { contextFramesOf, type NetworkSpec } from '../network/network-spec.js';
import { FEATURE_CONTEXT_FRAMES } from '../features/feature-graph.js';

/** Post-processing that the thresholds were chosen with. */
export interface PostProcessingDefaults {
  readonly mergeWindowMs: number;
  readonly minDurationMs: number;
  /** Share of the strongest frame evidence that still belongs to an event, 0-1. */
  readonly boundaryShare: number;
  /** How far beyond a detection frame evidence is looked for. */
  readonly boundaryMarginMs: number;
  /** The longest event that each type had in the data; no detection is longer. Models of before have none. */
  readonly maxDurationMs?: Readonly<Record<string, number>>;
}

/** What a user of the model must know, besides the graph. */
export interface DetectorDescription {
  /** In the order of the score columns. */
  readonly artifactTypes: readonly string[];
  /** Recommended, per type, 0-1. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Per type, for hardly any false alarms; models of before have none. */
  readonly quietThresholds?: Readonly<Record<string, number>>;
  readonly postProcessing: PostProcessingDefaults;
  /** SHA-256 of the training data's manifest, as the caller computed it. */
  readonly dataHash: string;
  readonly seed: number;
  /** Versions of whatever shaped the result: engine, trainer. */
  readonly versions: Readonly<Record<string, string>>;
}

export const DETECTOR_FORMAT = 'earmark-detector-1';

/** The `metadata_props` of an exported detector; values are JSON, except single words and numbers. */
export function detectorMetadata(
  description: DetectorDescription,
  featureSpec: FeatureSpec,
  network: NetworkSpec,
): Record<string, string> {
  const frameMs = frameMsOf(featureSpec);
  return {
    format: DETECTOR_FORMAT,
    labels: JSON.stringify(description.artifactTypes),
    thresholds: canonicalJson(description.thresholds),
    ...(description.quietThresholds ? { quiet_thresholds: canonicalJson(description.quietThresholds) } : {}),
    sample_rate_hz: String(featureSpec.sampleRateHz),
    frame_ms: String(frameMs),
    chunk_size_ms: String(network.grid.chunkFrames * frameMs),
    stride_ms: String(network.grid.strideFrames * frameMs),
    context_ms: String((contextFramesOf(network) + FEATURE_CONTEXT_FRAMES) * frameMs),
    post_processing: canonicalJson(description.postProcessing),
    feature_spec: canonicalJson(featureSpec),
    feature_spec_hash: featureSpecHash(featureSpec),
    network: canonicalJson(network),
    data_hash: description.dataHash,
    seed: String(description.seed),
    versions: canonicalJson(description.versions),
  };
}
