/** Shares of a training's steps in its progress, in percent: features 0-15, epochs 15-95, evaluation and export 95-100. */
const FEATURES_END = 15;
const EPOCHS_END = 95;
const STORED = 99;

/** Progress while features are gathered; `share` 0-1. */
export function featureProgress(share: number): number {
  return FEATURES_END * within(share);
}

/** Progress while epochs are trained; `share` 0-1 of all epochs. */
export function epochProgress(share: number): number {
  return FEATURES_END + (EPOCHS_END - FEATURES_END) * within(share);
}

/** Progress once the result is stored and only registering is left. */
export const storedProgress = STORED;

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
