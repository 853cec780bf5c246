import { sweepThresholds, type SweepSettings } from '@earmark/sound-events';
import { labelChunks, type LabelGeometry } from '../training/window-labels.js';
import type { JudgedStretch } from './score-stretch.js';
import { toScoredFile } from './scored-file.js';

/** How good the network is on held-out audio at this point of a training. */
export interface ValidationScore {
  /** Mean weighted cross-entropy per chunk and type. */
  readonly loss: number;
  /** Event-based F1 at the best threshold, mean over the types that occur in the validation audio; 0 when none does. */
  readonly f1Score: number;
}

/** A coarse sweep is enough to compare epochs. */
const CANDIDATES: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/** Judges scored validation stretches; boundaries are not refined, they do not change which events match by much. */
export function scoreValidation(
  judged: readonly JudgedStretch[],
  geometry: LabelGeometry,
  settings: SweepSettings,
): ValidationScore {
  const files = judged.map((one) => toScoredFile(one, geometry));
  const best = geometry.artifactTypes
    .filter((type) => files.some((file) => file.references.some((event) => event.artifactType === type)))
    .map((type) =>
      Math.max(...sweepThresholds(files, type, { ...settings, candidates: CANDIDATES }).map((point) => point.f1Score)),
    );
  return {
    loss: validationLoss(judged, geometry),
    f1Score: best.length === 0 ? 0 : best.reduce((sum, f1) => sum + f1, 0) / best.length,
  };
}

/** Labels and weights of all chunks of a stretch, [chunks, types] each. */
export function chunkLabelsOf(judged: JudgedStretch, geometry: LabelGeometry): { labels: Float32Array; weights: Float32Array } {
  const rows = {
    labels: new Float32Array(judged.chunkLogits.length),
    weights: new Float32Array(judged.chunkLogits.length).fill(1),
  };
  labelChunks(rows, judged.stretch.events, 0, geometry);
  return rows;
}

function validationLoss(judged: readonly JudgedStretch[], geometry: LabelGeometry): number {
  let [sum, count] = [0, 0];
  for (const one of judged) {
    const { labels, weights } = chunkLabelsOf(one, geometry);
    count += labels.length;
    for (const [i, logit] of one.chunkLogits.entries()) {
      const entropy = Math.max(logit, 0) - logit * labels[i]! + Math.log1p(Math.exp(-Math.abs(logit)));
      sum += weights[i]! * entropy;
    }
  }
  return count === 0 ? 0 : sum / count;
}
