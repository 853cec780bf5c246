import {
  chooseThresholds,
  crossFit,
  detectEvents,
  evaluateEvents,
  evaluateSegments,
  fitPlatt,
  refineByEvidence,
  type AffineCalibration,
  type EventReport,
  type JudgedFile,
  type ScoredFile,
  type SegmentReport,
  type SweepSettings,
  type ThresholdPresets,
} from '@earmark/sound-events';
import type { PostProcessingDefaults } from '../export/detector-metadata.js';
import type { LabelGeometry } from '../training/window-labels.js';
import type { JudgedStretch } from './score-stretch.js';
import { groupOf, referencesOf, toScoredFile } from './scored-file.js';
import { chunkLabelsOf } from './validation-score.js';

/** Tolerances of every evaluation of a detector. */
export const MATCHING = { collarMs: 250, boundaryMs: 50 } as const;

/** What is fitted on scored validation audio once the network is trained. */
export interface FittedScores {
  /** Per type: makes chunk scores probabilities. */
  readonly calibrations: readonly AffineCalibration[];
  readonly thresholds: ThresholdPresets;
}

export interface DetectorEvaluation {
  /** Chosen on all validation audio: what the model recommends. */
  readonly thresholds: ThresholdPresets;
  /** Event-based figures where each file was judged by calibration and thresholds fitted without its group. */
  readonly report: EventReport;
  readonly segments: SegmentReport;
  /** The files with those detections. */
  readonly judged: readonly JudgedFile[];
  /** False for a single file, which judged itself. */
  readonly crossFitted: boolean;
  readonly settings: typeof MATCHING & PostProcessingDefaults;
}

/** Calibration and thresholds from all validation audio, and an honest estimate of how they do. */
export function evaluateDetector(
  judged: readonly JudgedStretch[],
  labels: LabelGeometry,
  post: PostProcessingDefaults,
  seed: number,
): { readonly fitted: FittedScores; readonly evaluation: DetectorEvaluation } {
  const { artifactTypes } = labels;
  const settings = sweepSettings(post);
  const fitOn = (some: readonly JudgedStretch[]): FittedScores => {
    const calibrations = fitCalibrations(some, labels);
    const scored = some.map((one) => toScoredFile(one, labels, calibrations));
    return { calibrations, thresholds: chooseThresholds(scored, artifactTypes, settings) };
  };
  const judgeBy = ({ calibrations, thresholds }: FittedScores) => {
    return (one: JudgedStretch): JudgedFile => judgeFile(toScoredFile(one, labels, calibrations), thresholds, settings);
  };
  const fitted = fitOn(judged);
  const folded = judged.map((one) => ({ ...one, references: referencesOf(one, labels), ...groupOf(one) }));
  const crossed = crossFit(folded, (some) => judgeBy(judged.length === 1 ? fitted : fitOn(some)), seed);
  const evaluation = {
    ...crossed,
    thresholds: fitted.thresholds,
    report: evaluateEvents(crossed.judged, artifactTypes, MATCHING),
    segments: evaluateSegments(crossed.judged, artifactTypes),
    settings: { ...MATCHING, ...post },
  };
  return { fitted, evaluation };
}

function sweepSettings(post: PostProcessingDefaults): SweepSettings {
  return { ...MATCHING, ...post, refine: refineByEvidence({ share: post.boundaryShare, marginMs: post.boundaryMarginMs }) };
}

function judgeFile(file: ScoredFile, { recommended }: ThresholdPresets, settings: SweepSettings): JudgedFile {
  const { references, scores, evidence, group } = file;
  const detections = detectEvents(scores, { ...settings, thresholds: recommended }, evidence);
  return { durationMs: scores.durationMs, references, detections, ...(group === undefined ? {} : { group }) };
}

function fitCalibrations(judged: readonly JudgedStretch[], labels: LabelGeometry): AffineCalibration[] {
  const types = labels.artifactTypes.length;
  const logits: number[][] = Array.from({ length: types }, () => []);
  const truths: number[][] = Array.from({ length: types }, () => []);
  for (const one of judged) {
    const rows = chunkLabelsOf(one, labels);
    for (const [i, logit] of one.chunkLogits.entries()) {
      if (rows.weights[i] === 0) continue;
      logits[i % types]!.push(logit);
      truths[i % types]!.push(rows.labels[i]!);
    }
  }
  return logits.map((values, type) => fitPlatt(values, truths[type]!));
}
