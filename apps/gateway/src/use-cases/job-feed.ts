import { Problem, type CallContext } from '@earmark/contracts';
import { readTrainingJob, type TrainingJobView } from '@earmark/contracts/trainer/routes';
import type { z } from 'zod';
import { isFinished } from '../domain/finished-training.js';
import type { Services } from '../ports.js';
import { WakeUp } from './wake-up.js';

type Job = z.output<typeof TrainingJobView>;

interface Parts {
  readonly services: Services;
  readonly pollMs: number;
  /** Of the first watcher; what is read is the same for every one of the organisation. */
  readonly context: CallContext;
  readonly trainingJobId: string;
}

/** The state of one training job, read once per period for all who watch it, for as long as somebody does. */
export class JobFeed {
  readonly #parts: Parts;
  readonly #watchers = new Set<WakeUp>();
  readonly #end = new AbortController();
  readonly #due = new WakeUp(this.#end.signal);
  readonly #first: Promise<void>;
  #job: Job | undefined;
  #failure: Error | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#first = this.#read();
    void this.#first.then(() => this.#follow());
  }

  join(watcher: WakeUp): void {
    this.#watchers.add(watcher);
  }

  /** Returns how many watchers are left; without any the reading ends for good. */
  leave(watcher: WakeUp): number {
    this.#watchers.delete(watcher);
    if (this.#watchers.size === 0) this.#end.abort();
    return this.#watchers.size;
  }

  /** The job as it is first known; throws the problems of reading it. */
  async first(): Promise<Job> {
    await this.#first;
    return this.latest();
  }

  /** The job as last read, the same object until it changes; throws what ended the reading. */
  latest(): Job {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#job === undefined) throw new Error('The job has not been read yet.');
    return this.#job;
  }

  /** Reads without waiting for the period to end. */
  readNow(): void {
    this.#due.wake();
  }

  async #follow(): Promise<void> {
    while (!this.#end.signal.aborted && this.#failure === undefined && !(this.#job && isFinished(this.#job.status))) {
      await this.#due.within(this.#parts.pollMs);
      if (!this.#end.signal.aborted) await this.#read();
    }
    this.#due.end();
  }

  /** Never rejects: a failure is kept for the watchers, and one that may pass is forgotten once the job is known. */
  async #read(): Promise<void> {
    const { services, context, trainingJobId } = this.#parts;
    try {
      const { body } = await services.call(readTrainingJob, { context, params: { training_job_id: trainingJobId } });
      if (JSON.stringify(body) === JSON.stringify(this.#job)) return;
      this.#job = body;
    } catch (error) {
      if (this.#job !== undefined && error instanceof Problem && error.kind.retryable) return;
      this.#failure = error instanceof Error ? error : new Error('The job could not be read.', { cause: error });
    }
    for (const watcher of this.#watchers) watcher.wake();
  }
}
