import { aggregateScores, detectEvents, refineByEvidence, type Detection, type Thresholds } from '@earmark/sound-events';
import type { DetectorManifest } from '../export/detector-manifest.js';
import type { FileScores } from './score-file.js';

/** What a caller may choose; the rest comes from the detector. */
export interface DetectionSettings {
  /** Per type, 0-1, compared with calibrated probabilities; default the detector's recommended ones. */
  readonly thresholds?: Thresholds;
  readonly mergeWindowMs?: number;
  readonly minDurationMs?: number;
}

/**
 * Detections from scores: threshold, merge, minimum duration, boundaries refined last. Stored scores give the same result as fresh ones.
 * @param durationMs length of the file; detections end there
 */
export function detectionsFrom(
  manifest: DetectorManifest,
  { chunkScores, frameScores, frameCount }: FileScores,
  durationMs: number,
  settings: DetectionSettings = {},
): Detection[] {
  const { artifactTypes, frameMs, chunkSizeMs, strideMs, postProcessing } = manifest;
  const scoredMs = frameCount * frameMs;
  const scores = aggregateScores(
    { artifactTypes, grid: { chunkSizeMs, strideMs }, scores: chunkScores, durationMs: scoredMs },
    frameMs,
  );
  const evidence = { artifactTypes, frameMs, values: frameScores, durationMs };
  return detectEvents(
    { ...scores, durationMs: Math.min(durationMs, scoredMs) },
    {
      thresholds: settings.thresholds ?? manifest.thresholds,
      mergeWindowMs: settings.mergeWindowMs ?? postProcessing.mergeWindowMs,
      minDurationMs: settings.minDurationMs ?? postProcessing.minDurationMs,
      ...(postProcessing.maxDurationMs ? { maxDurationMs: postProcessing.maxDurationMs } : {}),
      refine: refineByEvidence({ share: postProcessing.boundaryShare, marginMs: postProcessing.boundaryMarginMs }),
    },
    evidence,
  );
}
