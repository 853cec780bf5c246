import type { Interval } from './interval.js';

/** An artifact of one type at a known time: an annotation, or what a synthesiser inserted. */
export interface SoundEvent extends Interval {
  readonly artifactType: string;
}

/** A found artifact; confidence is 0 to 1. */
export interface Detection extends SoundEvent {
  readonly confidence: number;
}

/** Scores of one file on a regular grid of frames: values is [frames x types], 0 to 1, frame f covers [f, f + 1) * frameMs. */
export interface FrameScores {
  readonly artifactTypes: readonly string[];
  readonly frameMs: number;
  readonly values: Float32Array;
  /** Length of the file; detections never reach beyond it. */
  readonly durationMs: number;
}

/** A file with its truth and its scores, or one evaluated time block of it. */
export interface ScoredFile {
  readonly references: readonly SoundEvent[];
  readonly scores: FrameScores;
  /** Speaker or source. */
  readonly group?: string;
  /** What a boundary refiner sees instead of the scores. */
  readonly evidence?: FrameScores;
}
