import type { RandomState } from '@earmark/audio';
import type { OptimiserState } from '../engine.js';

/** The curves of one epoch; `epoch` counts from 1. */
export interface EpochReport {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly valLoss: number;
  /** Event-based F1 on validation audio at the best threshold, mean over types. */
  readonly valF1: number;
}

/** A training between two epochs: everything that the rest of it depends on. */
export interface FitState {
  /** Epochs done. */
  readonly epoch: number;
  readonly optimiser: OptimiserState;
  /** Exponential moving average of the parameters: what is evaluated and kept. */
  readonly average: Float32Array;
  readonly random: RandomState;
  readonly best: { readonly epoch: number; readonly valF1: number; readonly valLoss: number; readonly parameters: Float32Array };
  readonly history: readonly EpochReport[];
}
