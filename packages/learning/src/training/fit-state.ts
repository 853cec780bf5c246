import type { RandomState } from '@earmark/audio';
import type { OptimiserState } from '../engine.js';

/** The curves of one epoch; `epoch` counts from 1. */
export interface EpochReport {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly valLoss: number;
  /** Event-based F1 on validation audio at the best threshold, mean over types: for watching, it decides nothing. */
  readonly valF1: number;
}

/** A training between two epochs: everything that the rest of it depends on. */
export interface FitState {
  /** Epochs done. */
  readonly epoch: number;
  readonly optimiser: OptimiserState;
  /** Exponential moving average of the parameters: what is evaluated, and at the end the result. */
  readonly average: Float32Array;
  readonly random: RandomState;
  /** The lowest validation loss so far. */
  readonly best: { readonly epoch: number; readonly valLoss: number };
  /** Where early stopping began to let the learning rate run out; null as long as the plan holds. */
  readonly landing: Landing | null;
  readonly history: readonly EpochReport[];
}

/** An early end: from `fromRate` down to nothing over the steps that are left. */
export interface Landing {
  readonly fromStep: number;
  readonly toStep: number;
  readonly fromRate: number;
  readonly lastEpoch: number;
}
