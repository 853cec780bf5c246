import { InferenceSession } from 'onnxruntime-node';
import { fromOrtOutputs, toOrtFeeds, type TensorMap, type TensorValue } from './tensor.js';

/** An ONNX model: its bytes, or the path of a file that holds them. */
export type ModelSource = Uint8Array | string;

/** Where a session computes. `cuda` and `webgpu` need their provider: ask `probeDevice` first. */
export type OrtDevice = 'cpu' | 'cuda' | 'webgpu';

export interface SessionOptions {
  /** Threads inside one operator, ≥ 1; default 1. */
  readonly threads?: number;
  /** Default `cpu`. */
  readonly device?: OrtDevice;
}

/** A loaded model. `run` occupies the calling thread while it computes: use it in child processes, or go through `InferencePool`. */
export interface Session {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** All outputs by name; rejects when a feed is missing or has the wrong shape. */
  run(feeds: TensorMap): Promise<Record<string, TensorValue>>;
  /** Frees the model; idempotent. */
  close(): Promise<void>;
}

/** Loads a model for use in this very thread; rejects when the model is malformed or the device is unavailable. */
export async function createSession(model: ModelSource, options: SessionOptions = {}): Promise<Session> {
  const sessionOptions: InferenceSession.SessionOptions = {
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    executionProviders: [options.device ?? 'cpu'],
    // Errors only: warnings about shape inference would drown the service's own log.
    logSeverityLevel: 3,
    // Idle threads sleep instead of spinning: beside other busy processes spinning halves the speed of everybody.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const session =
    typeof model === 'string'
      ? await InferenceSession.create(model, sessionOptions)
      : await InferenceSession.create(model, sessionOptions);
  let closed = false;
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (feeds) => fromOrtOutputs(await session.run(toOrtFeeds(feeds))),
    close: async () => {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}
