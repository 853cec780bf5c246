import { createRandom } from '@earmark/audio';

/** A confidence interval of a statistic. */
export interface ConfidenceInterval {
  readonly low: number;
  readonly high: number;
}

/** How the bootstrap draws. */
export interface BootstrapOptions {
  readonly seed: number | string;
  /** Default 1000. */
  readonly replicates?: number;
  /** Coverage of the interval, 0-1; default 0.95. */
  readonly level?: number;
}

/**
 * Percentile bootstrap (Efron 1979) over files: draws as many items as there are, with replacement, and takes the middle of the statistic's distribution.
 * Pass per-file tallies rather than files, so that the statistic only adds up.
 * @throws RangeError without items
 */
export function bootstrapInterval<T>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  { seed, replicates = 1000, level = 0.95 }: BootstrapOptions,
): ConfidenceInterval {
  if (items.length === 0) throw new RangeError('nothing to draw from');
  const random = createRandom(seed);
  const values = Float64Array.from({ length: replicates }, () => statistic(items.map(() => random.pick(items)))).sort();
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
}

/** Linear interpolation between order statistics (the default of numpy.quantile). */
function quantile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (position - Math.floor(position)) * (above - below);
}
