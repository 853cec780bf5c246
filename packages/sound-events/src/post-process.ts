import { activeRuns } from './binarize.js';
import type { ActiveRun } from './binarize.js';
import type { Interval } from './interval.js';
import { strongestPart } from './strongest-part.js';
import type { Detection, FrameScores } from './sound-event.js';

/**
 * Moves the boundaries of one detection by per-frame evidence of its file; a pure function, whose result is cut to the file.
 * Evidence is on any scale: the scores themselves, a frame-level head, a change detector.
 */
export type BoundaryRefiner = (detection: Detection, evidence: FrameScores) => Interval;

/** How scores become detections. */
export interface PostProcessing {
  /** Per artifact type, 0 to 1; a frame counts when its score is at or above it. A type without one is left out. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Detections of one type with a gap up to this are one detection. */
  readonly mergeWindowMs: number;
  /** Shortest total time at or above the threshold; measured before boundaries are refined. */
  readonly minDurationMs: number;
  /** Longest detection per type, in ms; a longer one is cut to its strongest part. Default: no limit. */
  readonly maxDurationMs?: Readonly<Record<string, number>>;
  readonly refine?: BoundaryRefiner;
}

interface Candidate extends Interval {
  readonly confidence: number;
  readonly supportMs: number;
}

/**
 * Turns frame scores into detections: threshold, merge (the highest confidence wins), drop what has too little support,
 * refine boundaries last, so that a refined 20 ms glitch survives a minimum of 50 ms; what is longer than its type can be is cut.
 * @param evidence what the refiner sees; default the scores
 * @returns detections sorted by start, then by type
 */
export function detectEvents(scores: FrameScores, options: PostProcessing, evidence: FrameScores = scores): Detection[] {
  const { refine } = options;
  const detections = scores.artifactTypes.flatMap((artifactType, column) => {
    const threshold = options.thresholds[artifactType];
    if (threshold === undefined) return [];
    const longestMs = options.maxDurationMs?.[artifactType] ?? Infinity;
    return mergeCandidates(candidates(scores, column, threshold), options.mergeWindowMs)
      .filter((candidate) => candidate.supportMs >= options.minDurationMs)
      .map(({ startMs, endMs, confidence }) => ({ artifactType, startMs, endMs, confidence }))
      .map((detection) => (refine ? moved(detection, refine(detection, evidence), scores.durationMs) : detection))
      .map((detection) => strongestPart(detection, longestMs, evidence));
  });
  return detections.sort((a, b) => a.startMs - b.startMs || compareText(a.artifactType, b.artifactType));
}

function candidates(scores: FrameScores, column: number, threshold: number): Candidate[] {
  return activeRuns(scores, column, threshold).map((run) => toCandidate(run, scores));
}

function toCandidate({ startFrame, endFrame, peak }: ActiveRun, { frameMs, durationMs }: FrameScores): Candidate {
  const startMs = startFrame * frameMs;
  const endMs = Math.min(endFrame * frameMs, durationMs);
  return { startMs, endMs, confidence: clamp(peak, 0, 1), supportMs: endMs - startMs };
}

function mergeCandidates(sorted: readonly Candidate[], mergeWindowMs: number): Candidate[] {
  const merged: Candidate[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (!last || next.startMs - last.endMs > mergeWindowMs) {
      merged.push(next);
      continue;
    }
    merged[merged.length - 1] = {
      startMs: last.startMs,
      endMs: next.endMs,
      confidence: Math.max(last.confidence, next.confidence),
      supportMs: last.supportMs + next.supportMs,
    };
  }
  return merged;
}

/** A refiner that leaves nothing of a detection is overruled: refining moves boundaries, it does not judge. */
function moved(detection: Detection, { startMs, endMs }: Interval, fileDurationMs: number): Detection {
  const cut = { startMs: clamp(startMs, 0, fileDurationMs), endMs: clamp(endMs, 0, fileDurationMs) };
  return cut.endMs > cut.startMs ? { ...detection, ...cut } : detection;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
