import type { ModelSource } from './session.js';
import type { TensorMap, TensorValue } from './tensor.js';

/** One job, from the pool to a worker. */
export interface JobMessage {
  readonly jobId: number;
  readonly modelKey: string;
  /** Present when the worker does not hold the model yet. */
  readonly model?: ModelSource;
  /** Models to forget before loading this one. */
  readonly evict: readonly string[];
  readonly feeds: TensorMap;
}

/** The answer to one job, from a worker to the pool. */
export type JobAnswer =
  { readonly jobId: number; readonly outputs: Record<string, TensorValue> } | { readonly jobId: number; readonly error: string };
