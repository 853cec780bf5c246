import type { Epoch, LearningRequest, LearningResult } from '../ports.js';

// What the trainer and its learning process say to each other, over Node's IPC channel with structured clones.

/** Compute the features of a canonical WAV file into a file. */
export interface ExtractTask {
  readonly kind: 'extract';
  readonly wavPath: string;
  readonly featurePath: string;
}

export interface LearnTask extends LearningRequest {
  readonly kind: 'learn';
}

/** The epoch is stored (or given up): go on. */
export interface EpochStored {
  readonly kind: 'epoch-stored';
}

export type ToChild = ExtractTask | LearnTask | EpochStored;

export type FromChild =
  | { readonly kind: 'extracted' }
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'epoch'; readonly epoch: Epoch; readonly checkpoint: Uint8Array }
  /** The checkpoint was refused; learning starts over when `epoch-stored` comes. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'learnt'; readonly result: LearningResult }
  /** Trying again cannot help. */
  | {
      readonly kind: 'refused';
      readonly code: 'device_unavailable' | 'training_failed' | 'audio_not_ready';
      readonly detail: string;
    };
