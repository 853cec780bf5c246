import {
  aggregateScores,
  calibrate,
  identityCalibration,
  scoreLevels,
  type AffineCalibration,
  type ScoredFile,
} from '@earmark/sound-events';
import type { LabelGeometry } from '../training/window-labels.js';
import type { JudgedStretch } from './score-stretch.js';

/** Scores as detections are made of them, in levels; without calibrations chunk scores are plain sigmoids. */
export function toScoredFile(
  judged: JudgedStretch,
  labels: LabelGeometry,
  calibrations: readonly AffineCalibration[] = [],
): ScoredFile {
  const { artifactTypes, frameMs, grid } = labels;
  const durationMs = judged.frameCount * frameMs;
  const calibrationOf = (i: number): AffineCalibration => calibrations[i % artifactTypes.length] ?? identityCalibration;
  const scores = judged.chunkLogits.map((logit, i) => scoreLevels.chunk.round(Math.fround(calibrate(logit, calibrationOf(i)))));
  const evidence = judged.frameLogits.map((logit) => scoreLevels.frame.round(Math.fround(calibrate(logit, identityCalibration))));
  const msGrid = { chunkSizeMs: grid.chunkFrames * frameMs, strideMs: grid.strideFrames * frameMs };
  return {
    references: referencesOf(judged, labels),
    scores: aggregateScores({ artifactTypes, grid: msGrid, scores, durationMs }, frameMs),
    evidence: { artifactTypes, frameMs, values: evidence, durationMs },
    ...groupOf(judged),
  };
}

/** The events that the detector is to find. */
export function referencesOf({ stretch }: JudgedStretch, { artifactTypes }: LabelGeometry): ScoredFile['references'] {
  return stretch.events.filter((event) => artifactTypes.includes(event.artifactType));
}

/** The stretch's group, as a property to spread. */
export function groupOf({ stretch }: JudgedStretch): { readonly group?: string } {
  return stretch.group === undefined ? {} : { group: stretch.group };
}
