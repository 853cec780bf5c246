/** A calibrated probability is sigmoid(scale * logit + offset); scale is above 0, so the order of scores stays. */
export interface AffineCalibration {
  readonly scale: number;
  readonly offset: number;
}

export const identityCalibration: AffineCalibration = { scale: 1, offset: 0 };

const maxIterations = 100;

/** 1 / (1 + e^-x), without overflow. */
export function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** The calibrated probability of a logit. */
export function calibrate(logit: number, { scale, offset }: AffineCalibration): number {
  return sigmoid(scale * logit + offset);
}

/**
 * Platt scaling: the affine map of logits that fits held-out labels best, with Platt's smoothed targets, by damped Newton steps
 * (Lin, Lin and Weng 2007).
 * @param logits finite raw scores [n]
 * @param labels 1 or 0 [n]
 * @returns the identity when one of the classes is missing; only a shift when the logits rank the labels backwards
 * @throws RangeError when the lengths differ
 */
export function fitPlatt(logits: ArrayLike<number>, labels: ArrayLike<number>): AffineCalibration {
  if (logits.length !== labels.length) throw new RangeError('as many labels as logits are needed');
  const positives = Array.from(labels).filter((label) => label > 0).length;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return identityCalibration;
  const targets = Float64Array.from(labels, (label) => (label > 0 ? (positives + 1) / (positives + 2) : 1 / (negatives + 2)));
  const start = { scale: 1, offset: 0 };
  const fitted = newton(logits, targets, start, false);
  return fitted.scale > 1e-6 ? fitted : newton(logits, targets, start, true);
}

function newton(
  logits: ArrayLike<number>,
  targets: Float64Array,
  start: AffineCalibration,
  offsetOnly: boolean,
): AffineCalibration {
  let at = start;
  let loss = crossEntropy(logits, targets, at);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const direction = newtonStep(logits, targets, at, offsetOnly);
    let step = 1;
    let next = at;
    let nextLoss = Infinity;
    for (; step > 1e-10 && !(nextLoss < loss); step /= 2) {
      next = { scale: at.scale + step * direction.scale, offset: at.offset + step * direction.offset };
      nextLoss = crossEntropy(logits, targets, next);
    }
    if (!(nextLoss < loss)) break;
    const gain = loss - nextLoss;
    [at, loss] = [next, nextLoss];
    if (gain < 1e-12 * targets.length) break;
  }
  return at;
}

function newtonStep(
  logits: ArrayLike<number>,
  targets: Float64Array,
  at: AffineCalibration,
  offsetOnly: boolean,
): AffineCalibration {
  // A small ridge keeps the Hessian invertible for constant logits.
  let [ss, so, oo, gs, go] = [1e-12, 0, 1e-12, 0, 0];
  for (let i = 0; i < targets.length; i++) {
    const logit = logits[i] as number;
    const probability = calibrate(logit, at);
    const weight = probability * (1 - probability);
    const error = probability - (targets[i] as number);
    ss += weight * logit * logit;
    so += weight * logit;
    oo += weight;
    gs += error * logit;
    go += error;
  }
  if (offsetOnly) return { scale: 0, offset: -go / oo };
  const determinant = ss * oo - so * so;
  return { scale: -(oo * gs - so * go) / determinant, offset: -(ss * go - so * gs) / determinant };
}

function crossEntropy(logits: ArrayLike<number>, targets: Float64Array, { scale, offset }: AffineCalibration): number {
  let loss = 0;
  for (let i = 0; i < targets.length; i++) {
    const z = scale * (logits[i] as number) + offset;
    // log(1 + e^z) - t z, written so that neither tail overflows.
    loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - (targets[i] as number) * z;
  }
  return loss;
}

/**
 * Expected calibration error (Naeini et al. 2015): the mean distance of probability and observed share over equal-width bins, weighted by size.
 * @param probabilities [n], 0 to 1
 * @param labels 1 or 0 [n]
 * @param bins default 15
 * @returns 0 (perfect) to 1; 0 without samples
 */
export function expectedCalibrationError(probabilities: ArrayLike<number>, labels: ArrayLike<number>, bins = 15): number {
  const surplus = new Float64Array(bins);
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i] as number;
    const bin = Math.min(bins - 1, Math.floor(probability * bins));
    surplus[bin] = (surplus[bin] as number) + probability - (labels[i] as number);
  }
  return surplus.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, probabilities.length);
}
