import { Worker } from 'node:worker_threads';
import type { JobAnswer, JobMessage } from './pool-protocol.js';
import { WarmModels } from './warm-models.js';

interface PoolWorkerEvents {
  readonly onAnswer: (answer: JobAnswer) => void;
  /** The thread ended without being asked to. */
  readonly onCrash: (error: Error) => void;
}

/** One worker thread and what it holds. */
export class PoolWorker {
  readonly warm: WarmModels;
  private readonly thread: Worker;
  private stopping = false;
  private crash = new Error('the worker ended');

  constructor(entry: URL, modelsPerWorker: number, { onAnswer, onCrash }: PoolWorkerEvents) {
    this.warm = new WarmModels(modelsPerWorker);
    this.thread = new Worker(entry);
    this.thread.on('message', onAnswer);
    this.thread.on('error', (error: Error) => {
      this.crash = error;
    });
    this.thread.on('exit', () => {
      if (!this.stopping) onCrash(this.crash);
    });
    // An idle pool does not keep the process alive; a job under way does.
    this.thread.unref();
  }

  send(job: JobMessage): void {
    this.thread.ref();
    this.thread.postMessage(job);
  }

  rest(): void {
    this.thread.unref();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.thread.terminate();
  }
}
