import { z } from 'zod';
import { Sha256, UnitInterval } from '../vocabulary/values.js';

/** How a waveform becomes features: enough for anyone to do it again. Frequencies in Hz, lengths in samples. */
export const FeatureSpec = z.looseObject({
  version: z.number().int().positive(),
  sampleRateHz: z.number().int().positive(),
  hopSamples: z.number().int().positive(),
  windowSamples: z.number().int().positive(),
  featureCount: z.number().int().positive(),
});

/** Post-processing that the thresholds were chosen with. */
export const PostProcessing = z.object({
  mergeWindowMs: z.number().int().nonnegative(),
  minDurationMs: z.number().int().nonnegative(),
});

/** The contract for using a model's weights. It is also written into the ONNX file's metadata. */
export const ModelManifest = z.object({
  manifestVersion: z.literal(1),
  kind: z.literal('detector'),
  artifactTypes: z.array(z.string()).min(1),
  thresholds: z.record(z.string(), UnitInterval),
  featureSpec: FeatureSpec,
  chunkSizeMs: z.number().int().positive(),
  strideMs: z.number().int().positive(),
  /** Samples on either side of a position that its score depends on: how much blocks must overlap. */
  contextSamples: z.number().int().nonnegative(),
  postProcessing: PostProcessing,
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  dataHash: Sha256,
  seed: z.number().int(),
  engine: z.string(),
  versions: z.record(z.string(), z.string()),
});
export type ModelManifest = z.output<typeof ModelManifest>;
