import { sigmoid } from './calibration.js';

/** Steps per unit of logit. Chunk scores decide, frame scores only place boundaries. */
const chunkLevelsPerLogit = 256;
const frameLevelsPerLogit = 8;
/** The largest levels: they fit 16 and 8 bits, and float32 still tells their scores apart, so that a score comes back as it went. */
const maxChunkLevel = 10 * chunkLevelsPerLogit;
const maxFrameLevel = 12 * frameLevelsPerLogit;

/**
 * Scores as whole levels of their logit: as fine near 0 and 1, where quiet thresholds lie, as in the middle. Detections are made from
 * such scores everywhere: in a training's own evaluation, in a fresh detection and from stored scores, so that all three agree.
 */
export const scoreLevels = {
  chunk: levelsOf(chunkLevelsPerLogit, maxChunkLevel),
  frame: levelsOf(frameLevelsPerLogit, maxFrameLevel),
} as const;

interface ScoreLevels {
  /** The level of a score 0-1; a score that is not a number counts as 0. */
  readonly toLevel: (score: number) => number;
  /** The score of a level. */
  readonly toScore: (level: number) => number;
  /** The nearest score that has a level. */
  readonly round: (score: number) => number;
}

function levelsOf(perLogit: number, max: number): ScoreLevels {
  const toLevel = (score: number): number => {
    if (Number.isNaN(score)) return -max;
    const level = Math.round(perLogit * Math.log(score / (1 - score)));
    return Math.max(-max, Math.min(max, level)) + 0; // no negative zero
  };
  const toScore = (level: number): number => sigmoid(level / perLogit);
  return { toLevel, toScore, round: (score) => toScore(toLevel(score)) };
}
