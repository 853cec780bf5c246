import { createRandom, type Random } from '@earmark/audio';
import type { TrainingDefinition, TrainingSession } from '../engine.js';
import { initialOptimiserState } from '../engine.js';
import { initialParameters } from '../network/parameters.js';
import { BatchSampler, type SamplerOptions } from './batch-sampler.js';
import type { EpochReport, FitState } from './fit-state.js';
import type { Stretch } from './stretch.js';
import type { TrainingConfig } from './training-config.js';
import type { ValidationScore } from '../evaluation/validation-score.js';

export interface FitRequest {
  readonly session: TrainingSession;
  readonly definition: TrainingDefinition;
  readonly config: TrainingConfig;
  readonly train: readonly Stretch[];
  readonly sampler: SamplerOptions;
  /** Judges parameters on the validation audio. */
  readonly validate: (parameters: Float32Array) => Promise<ValidationScore>;
  /** Continue from here instead of starting. */
  readonly resumeFrom?: FitState;
}

export interface FitHooks {
  /** Checked before every step; the fit rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called after every epoch with the state to resume from; awaited. */
  readonly onEpoch?: (report: EpochReport, state: FitState) => void | Promise<void>;
  /** Called after every step with the share of all epochs done, 0-1. */
  readonly onProgress?: (share: number) => void;
}

const WARM_UP_STEPS = 60;
const FINAL_RATE_SHARE = 0.01;
const MAX_AVERAGE_DECAY = 0.995;

/** Trains until the epochs are done or validation stops improving; the returned state's `best` is the result. */
export async function fit(request: FitRequest, hooks: FitHooks = {}): Promise<FitState> {
  const sampler = new BatchSampler(request.train, request.sampler);
  const { config } = request;
  const stepsPerEpoch = stepsOfEpoch(sampler.windowCount, config);
  let state = request.resumeFrom ?? initialState(request);
  while (!isDone(state, config)) {
    state = await runEpoch(request, hooks, sampler, state, stepsPerEpoch);
    await hooks.onEpoch?.(state.history.at(-1)!, state);
  }
  return state;
}

/** More repetitions of a window within an epoch teach little and cost as much as new audio would. */
const MAX_REPEATS_PER_EPOCH = 16;

/** Steps until every window was drawn once on average; up to 16 times for little data, as long as that is below the minimum. */
export function stepsOfEpoch(
  windowCount: number,
  { batchSize, minStepsPerEpoch }: Pick<TrainingConfig, 'batchSize' | 'minStepsPerEpoch'>,
): number {
  const once = Math.ceil(windowCount / batchSize);
  return Math.max(once, Math.min(minStepsPerEpoch, MAX_REPEATS_PER_EPOCH * once));
}

function initialState({ definition, config }: FitRequest): FitState {
  const parameters = initialParameters(definition.network, config.seed);
  return {
    epoch: 0,
    optimiser: initialOptimiserState(parameters),
    average: parameters.slice(),
    random: createRandom(`fit ${config.seed}`).save(),
    best: { epoch: 0, valF1: -1, valLoss: Number.MAX_VALUE, parameters },
    history: [],
  };
}

function isDone({ epoch, best }: FitState, { epochs, earlyStoppingPatience }: TrainingConfig): boolean {
  if (epoch >= epochs) return true;
  return earlyStoppingPatience !== null && epoch > 0 && epoch - best.epoch >= earlyStoppingPatience;
}

async function runEpoch(
  request: FitRequest,
  hooks: FitHooks,
  sampler: BatchSampler,
  state: FitState,
  stepsPerEpoch: number,
): Promise<FitState> {
  const { config } = request;
  const random = createRandom(0);
  random.restore(state.random);
  let { optimiser } = state;
  const average = state.average.slice();
  let lossSum = 0;
  for (let i = 0; i < stepsPerEpoch; i++) {
    hooks.signal?.throwIfAborted();
    const rate = learningRateAt(optimiser.step, config.epochs * stepsPerEpoch, config.learningRate);
    const result = await request.session.step(optimiser, sampler.next(random), rate);
    if (!Number.isFinite(result.loss)) throw new Error('training diverged: the loss is not finite; lower the learning rate');
    optimiser = result.state;
    lossSum += result.loss;
    moveAverage(average, optimiser.parameters, optimiser.step);
    hooks.onProgress?.((state.epoch + (i + 1) / stepsPerEpoch) / config.epochs);
  }
  const validation = await request.validate(average);
  return nextState(state, { optimiser, average, random, trainLoss: lossSum / stepsPerEpoch, validation });
}

interface EpochOutcome extends Pick<FitState, 'optimiser' | 'average'> {
  readonly random: Random;
  readonly trainLoss: number;
  readonly validation: ValidationScore;
}

function nextState(state: FitState, outcome: EpochOutcome): FitState {
  const epoch = state.epoch + 1;
  const { f1Score: valF1, loss: valLoss } = outcome.validation;
  const isBetter = valF1 > state.best.valF1 || (valF1 === state.best.valF1 && valLoss < state.best.valLoss);
  return {
    epoch,
    optimiser: outcome.optimiser,
    average: outcome.average,
    random: outcome.random.save(),
    best: isBetter ? { epoch, valF1, valLoss, parameters: outcome.average } : state.best,
    history: [...state.history, { epoch, trainLoss: outcome.trainLoss, valLoss, valF1 }],
  };
}

/** Linear warm-up, then half a cosine down to a hundredth (arXiv:1608.03983, without restarts). */
export function learningRateAt(step: number, totalSteps: number, peak: number): number {
  const warmUp = Math.min(1, (step + 1) / Math.min(WARM_UP_STEPS, Math.max(1, totalSteps / 10)));
  const cosine = 0.5 + 0.5 * Math.cos((Math.PI * step) / totalSteps);
  return peak * warmUp * (FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * cosine);
}

/** The decay starts low, so that the random start is forgotten at once. */
function moveAverage(average: Float32Array, parameters: Float32Array, step: number): void {
  const decay = Math.min(MAX_AVERAGE_DECAY, (1 + step) / (10 + step));
  for (let i = 0; i < average.length; i++) average[i] = average[i]! * decay + parameters[i]! * (1 - decay);
}
