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
  /** Heard beside the training audio; an epoch is no longer for them. */
  readonly copies: readonly Stretch[];
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

/**
 * Trains for the planned epochs; the returned state's `average` is the result. Where validation stops improving, the learning rate runs out
 * over a few more epochs instead of being cut off: weights that never saw a low rate are worse, and choosing the best of many epochs on the
 * audio that measures them flatters the figures.
 */
export async function fit(request: FitRequest, hooks: FitHooks = {}): Promise<FitState> {
  const sampler = new BatchSampler([...request.train, ...request.copies], request.sampler);
  const { config } = request;
  const stepsPerEpoch = stepsOfEpoch(windowCountOf(request.train, request.definition), request.definition.batchSize, config);
  let state = request.resumeFrom ?? initialState(request);
  while (!isDone(state, config)) {
    state = await runEpoch(request, hooks, sampler, state, stepsPerEpoch);
    await hooks.onEpoch?.(state.history.at(-1)!, state);
  }
  return state;
}

/** Windows that cover the audio once. */
function windowCountOf(train: readonly Stretch[], { windowFrames }: TrainingDefinition): number {
  const frames = train.reduce((sum, { features }) => sum + features.frameCount, 0);
  return Math.max(1, Math.ceil(frames / windowFrames));
}

/** More repetitions of a window within an epoch teach little and cost as much as new audio would. */
const MAX_REPEATS_PER_EPOCH = 16;

/** Steps until every window was drawn once on average; up to 16 times for little data, as long as that is below the minimum. */
export function stepsOfEpoch(
  windowCount: number,
  windowsPerStep: number,
  { minStepsPerEpoch }: Pick<TrainingConfig, 'minStepsPerEpoch'>,
): number {
  const once = Math.ceil(windowCount / windowsPerStep);
  return Math.max(once, Math.min(minStepsPerEpoch, MAX_REPEATS_PER_EPOCH * once));
}

function initialState({ definition, config }: FitRequest): FitState {
  const parameters = initialParameters(definition.network, config.seed);
  return {
    epoch: 0,
    optimiser: initialOptimiserState(parameters),
    average: parameters.slice(),
    random: createRandom(`fit ${config.seed}`).save(),
    best: { epoch: 0, valLoss: Number.MAX_VALUE },
    landing: null,
    history: [],
  };
}

function isDone({ epoch, landing }: FitState, { epochs }: TrainingConfig): boolean {
  return epoch >= (landing?.lastEpoch ?? epochs);
}

/** Share of the planned epochs over which the learning rate runs out after an early stop. */
const LANDING_SHARE = 0.1;

/** Where an early end begins after this epoch; null when validation still improves or the plan ends sooner. */
function landingAfter(state: FitState, { epochs, earlyStoppingPatience, ...config }: TrainingConfig, stepsPerEpoch: number) {
  const { epoch, best, landing, optimiser } = state;
  if (landing !== null || earlyStoppingPatience === null || epoch - best.epoch < earlyStoppingPatience) return landing;
  const lastEpoch = epoch + Math.max(1, Math.ceil(LANDING_SHARE * epochs));
  if (lastEpoch >= epochs) return null;
  const fromRate = learningRateAt(optimiser.step, epochs * stepsPerEpoch, peakRate(config));
  return { fromStep: optimiser.step, toStep: lastEpoch * stepsPerEpoch, fromRate, lastEpoch };
}

/** The configured rate is for this many pieces a step; more pieces bear a higher rate, by the square root (arXiv:2205.10287). */
const RATE_BATCH = 8;

function peakRate({ learningRate, batchSize }: Pick<TrainingConfig, 'learningRate' | 'batchSize'>): number {
  return learningRate * Math.sqrt(batchSize / RATE_BATCH);
}

function rateAt({ landing }: FitState, step: number, config: TrainingConfig, stepsPerEpoch: number): number {
  if (landing === null) return learningRateAt(step, config.epochs * stepsPerEpoch, peakRate(config));
  const left = (landing.toStep - step) / (landing.toStep - landing.fromStep);
  return landing.fromRate * Math.max(FINAL_RATE_SHARE, left);
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
    const rate = rateAt(state, optimiser.step, config, stepsPerEpoch);
    const result = await request.session.step(optimiser, sampler.next(random), rate);
    if (!Number.isFinite(result.loss)) throw new Error('training diverged: the loss is not finite; lower the learning rate');
    optimiser = result.state;
    lossSum += result.loss;
    moveAverage(average, optimiser.parameters, optimiser.step);
    hooks.onProgress?.((state.epoch + (i + 1) / stepsPerEpoch) / config.epochs);
  }
  const validation = await request.validate(average);
  const next = nextState(state, { optimiser, average, random, trainLoss: lossSum / stepsPerEpoch, validation });
  return { ...next, landing: landingAfter(next, config, stepsPerEpoch) };
}

interface EpochOutcome extends Pick<FitState, 'optimiser' | 'average'> {
  readonly random: Random;
  readonly trainLoss: number;
  readonly validation: ValidationScore;
}

function nextState(state: FitState, outcome: EpochOutcome): FitState {
  const epoch = state.epoch + 1;
  const { f1Score: valF1, loss: valLoss } = outcome.validation;
  return {
    epoch,
    optimiser: outcome.optimiser,
    average: outcome.average,
    random: outcome.random.save(),
    best: valLoss < state.best.valLoss ? { epoch, valLoss } : state.best,
    landing: state.landing,
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
