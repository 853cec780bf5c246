/** What a training is asked to do. Durations in milliseconds. */
export interface TrainingConfig {
  readonly artifactTypes: readonly string[];
  /** 1-100 */
  readonly epochs: number;
  /** Share of the audio held out to choose thresholds and the best epoch, 0.1-0.5. */
  readonly validationSplit: number;
  /** Peak of the schedule for a batch of 8, 0.0001-0.1; it grows with the square root of the batch. */
  readonly learningRate: number;
  /** Pieces of 3 s of audio per step, 8-256. */
  readonly batchSize: number;
  /** 100-5000, a multiple of 10. */
  readonly chunkSizeMs: number;
  /** 10 to chunkSizeMs, a multiple of 10. */
  readonly strideMs: number;
  readonly seed: number;
  /** Epochs without a lower validation loss before training comes to its end; null never ends early. */
  readonly earlyStoppingPatience: number | null;
  /** Vary gain, colour, noise and voice of what the network hears. */
  readonly augment: boolean;
  /** An epoch is one pass over the training audio, and at least this many steps: little data is repeated more often, but no window more than 16 times; ≥ 1. */
  readonly minStepsPerEpoch: number;
}

export const DEFAULT_TRAINING_CONFIG: Omit<TrainingConfig, 'artifactTypes'> = {
  epochs: 20,
  validationSplit: 0.2,
  learningRate: 0.001,
  batchSize: 32,
  chunkSizeMs: 500,
  strideMs: 250,
  seed: 0,
  earlyStoppingPatience: 8,
  augment: true,
  minStepsPerEpoch: 80,
};

/** Fills in defaults and checks ranges; throws a RangeError that names the field. */
export function resolveTrainingConfig(given: Partial<TrainingConfig> & Pick<TrainingConfig, 'artifactTypes'>): TrainingConfig {
  const config = { ...DEFAULT_TRAINING_CONFIG, ...given };
  const check = (name: keyof TrainingConfig, ok: boolean): void => {
    if (!ok) throw new RangeError(`training config: ${name} is out of range (${JSON.stringify(config[name])})`);
  };
  const isWhole = (value: number, low: number, high: number): boolean => Number.isInteger(value) && value >= low && value <= high;
  check('artifactTypes', config.artifactTypes.length > 0 && new Set(config.artifactTypes).size === config.artifactTypes.length);
  check('epochs', isWhole(config.epochs, 1, 100));
  check('validationSplit', config.validationSplit >= 0.1 && config.validationSplit <= 0.5);
  check('learningRate', config.learningRate >= 0.0001 && config.learningRate <= 0.1);
  check('batchSize', isWhole(config.batchSize, 8, 256));
  check('chunkSizeMs', isWhole(config.chunkSizeMs / 10, 10, 500));
  check('strideMs', isWhole(config.strideMs / 10, 1, config.chunkSizeMs / 10));
  check('seed', Number.isSafeInteger(config.seed));
  check('earlyStoppingPatience', config.earlyStoppingPatience === null || isWhole(config.earlyStoppingPatience, 1, 100));
  check('minStepsPerEpoch', isWhole(config.minStepsPerEpoch, 1, 100_000));
  return config;
}
