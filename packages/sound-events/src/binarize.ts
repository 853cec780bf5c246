import type { FrameScores } from './sound-event.js';

/** A run of frames [start, end) at or above a threshold, with the highest score in it. */
export interface ActiveRun {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly peak: number;
}

/** The runs of consecutive frames of one type (a column of the scores) whose score is at or above the threshold. */
export function activeRuns({ values, artifactTypes }: FrameScores, column: number, threshold: number): ActiveRun[] {
  const types = artifactTypes.length;
  const frames = values.length / types;
  const runs: ActiveRun[] = [];
  let startFrame = -1;
  let peak = 0;
  for (let frame = 0; frame <= frames; frame++) {
    const score = frame < frames ? (values[frame * types + column] as number) : -Infinity;
    if (score >= threshold) {
      if (startFrame < 0) [startFrame, peak] = [frame, score];
      else if (score > peak) peak = score;
    } else if (startFrame >= 0) {
      runs.push({ startFrame, endFrame: frame, peak });
      startFrame = -1;
    }
  }
  return runs;
}
