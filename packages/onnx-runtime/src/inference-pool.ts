import { InferenceFailedError, PoolClosedError, PoolFullError, WorkerCrashedError } from './pool-errors.js';
import type { JobAnswer } from './pool-protocol.js';
import { PoolWorker } from './pool-worker.js';
import type { ModelSource } from './session.js';
import type { TensorMap, TensorValue } from './tensor.js';

export interface InferencePoolOptions {
  /** Worker threads, each computing on one core, ≥ 1. */
  readonly workers: number;
  /** Jobs that may wait besides those running; default 256. */
  readonly maxQueued?: number;
  /** Models that each worker keeps loaded; default 4. */
  readonly modelsPerWorker?: number;
  /** Another worker script, for tests. */
  readonly workerEntry?: URL;
}

/** Fetches a model when a worker meets it for the first time. */
export type ModelLoader = () => Promise<ModelSource>;

type Outputs = Record<string, TensorValue>;

interface Job {
  readonly id: number;
  readonly modelKey: string;
  readonly load: ModelLoader;
  readonly feeds: TensorMap;
  readonly resolve: (outputs: Outputs) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
  /** Nobody waits for the answer any more. */
  settled: boolean;
}

const MAX_ATTEMPTS = 2;

/** Runs models in worker threads, so that the event loop stays free: a run in this thread would block it for its whole duration. */
export class InferencePool {
  private readonly idle: PoolWorker[] = [];
  private readonly busy = new Map<PoolWorker, Job>();
  private readonly queue: Job[] = [];
  private readonly maxQueued: number;
  private nextId = 1;
  private closed = false;

  constructor(private readonly options: InferencePoolOptions) {
    this.maxQueued = options.maxQueued ?? 256;
    for (let i = 0; i < options.workers; i++) this.idle.push(this.startWorker());
  }

  /** Jobs waiting and running now. */
  get load(): { readonly queued: number; readonly running: number } {
    return { queued: this.queue.length, running: this.busy.size };
  }

  /**
   * Runs one model on one set of inputs. Inputs are copied, not moved: a job whose worker dies is tried once more.
   * @param modelKey content hash of the model; equal keys mean equal models
   * @throws PoolFullError, WorkerCrashedError, InferenceFailedError, PoolClosedError, or the signal's reason; an aborted run is not
   * interrupted, but nobody waits for it
   */
  run(modelKey: string, load: ModelLoader, feeds: TensorMap, options: { readonly signal?: AbortSignal } = {}): Promise<Outputs> {
    const { signal } = options;
    return new Promise<Outputs>((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.closed) throw new PoolClosedError('the inference pool is closed');
      if (this.idle.length === 0 && this.queue.length >= this.maxQueued) {
        throw new PoolFullError(`${this.queue.length} inference jobs are waiting already`);
      }
      const job = this.makeJob({ modelKey, load, feeds, resolve, reject }, signal);
      this.queue.push(job);
      this.dispatch();
    });
  }

  /** Stops all workers; jobs that are not done reject. Idempotent. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const workers = [...this.idle, ...this.busy.keys()];
    const jobs = [...this.queue.splice(0), ...this.busy.values()];
    for (const job of jobs) job.reject(new PoolClosedError('the inference pool was closed'));
    await Promise.all(workers.map((worker) => worker.stop()));
  }

  private makeJob(parts: Pick<Job, 'modelKey' | 'load' | 'feeds' | 'resolve' | 'reject'>, signal: AbortSignal | undefined): Job {
    const onAbort = (): void => {
      const queued = this.queue.indexOf(job);
      if (queued >= 0) this.queue.splice(queued, 1);
      job.reject(signal?.reason);
    };
    const settle = (): void => {
      job.settled = true;
      signal?.removeEventListener('abort', onAbort);
    };
    const job: Job = {
      ...parts,
      id: this.nextId++,
      attempts: 0,
      settled: false,
      resolve: (outputs) => {
        settle();
        parts.resolve(outputs);
      },
      reject: (error) => {
        settle();
        parts.reject(error);
      },
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return job;
  }

  private startWorker(): PoolWorker {
    const entry = this.options.workerEntry ?? new URL('./worker.js', import.meta.url);
    const worker: PoolWorker = new PoolWorker(entry, this.options.modelsPerWorker ?? 4, {
      onAnswer: (answer) => this.finish(worker, answer),
      onCrash: (error) => this.replace(worker, error),
    });
    return worker;
  }

  private dispatch(): void {
    while (this.idle.length > 0 && this.queue.length > 0 && !this.closed) {
      const job = this.queue.shift()!;
      const worker = this.takeWorkerFor(job.modelKey);
      this.busy.set(worker, job);
      job.attempts += 1;
      void this.start(worker, job);
    }
  }

  /** Preferably one that holds the model already. */
  private takeWorkerFor(modelKey: string): PoolWorker {
    const warm = this.idle.findIndex((worker) => worker.warm.has(modelKey));
    return this.idle.splice(Math.max(0, warm), 1)[0]!;
  }

  private async start(worker: PoolWorker, job: Job): Promise<void> {
    const { id: jobId, modelKey, feeds } = job;
    try {
      const model = worker.warm.has(modelKey) ? undefined : await job.load();
      // The worker may have died, or the pool been closed, while the model was fetched.
      if (this.busy.get(worker) !== job || this.closed) return;
      worker.send({ jobId, modelKey, feeds, evict: worker.warm.use(modelKey), ...(model === undefined ? {} : { model }) });
    } catch (error) {
      this.release(worker);
      job.reject(error);
    }
  }

  private finish(worker: PoolWorker, answer: JobAnswer): void {
    const job = this.busy.get(worker);
    if (job?.id !== answer.jobId) return;
    if ('outputs' in answer) job.resolve(answer.outputs);
    else {
      // Whether the model failed to load or to run is not known here: it is sent again next time.
      worker.warm.forget(job.modelKey);
      job.reject(new InferenceFailedError(answer.error));
    }
    this.release(worker);
  }

  private release(worker: PoolWorker): void {
    if (!this.busy.delete(worker)) return;
    worker.rest();
    this.idle.push(worker);
    this.dispatch();
  }

  private replace(worker: PoolWorker, error: Error): void {
    const job = this.busy.get(worker);
    this.busy.delete(worker);
    const position = this.idle.indexOf(worker);
    if (position >= 0) this.idle.splice(position, 1);
    if (this.closed) return;
    this.idle.push(this.startWorker());
    if (job && !job.settled) {
      if (job.attempts < MAX_ATTEMPTS) this.queue.unshift(job);
      else job.reject(new WorkerCrashedError('the inference worker died twice', { cause: error }));
    }
    this.dispatch();
  }
}
