import { Problem, type CallContext } from '@earmark/contracts';
import { readTrainingJob, type TrainingJobView } from '@earmark/contracts/trainer/routes';
import type { z } from 'zod';
import { isFinished } from '../domain/finished-training.js';
import type { Announcements, Services } from '../ports.js';
import { WakeUp } from './wake-up.js';

type Job = z.output<typeof TrainingJobView>;

export interface Watched {
  readonly context: CallContext;
  readonly trainingJobId: string;
  /** Ends the watching, for instance because the client went. */
  readonly signal: AbortSignal;
  /** Throws when the caller's key has ended meanwhile. */
  readonly checkCaller: () => Promise<unknown>;
}

const TRAINER_EVENTS = 'evt.trainer.>';

/** Follows a training job: one view at once, then one for every change, until it is finished. Progress is polled, facts are heard. */
export class WatchTrainingJob {
  constructor(private readonly ports: { services: Services; announcements: Announcements; pollMs: number }) {}

  /** Problems before the first view: those of reading the job. Later ones end the stream unless trying again can help. */
  async *execute(watched: Watched): AsyncGenerator<Job, void> {
    const wakeUp = new WakeUp(watched.signal);
    const stop = this.ports.announcements.listen(TRAINER_EVENTS, (payload) => {
      if (isAbout(payload, watched.trainingJobId)) wakeUp.wake();
    });
    try {
      yield* this.#changes(watched, wakeUp);
    } finally {
      stop();
      wakeUp.end();
    }
  }

  async *#changes(watched: Watched, wakeUp: WakeUp): AsyncGenerator<Job, void> {
    let job = await this.#read(watched);
    yield job;
    while (!isFinished(job.status)) {
      await wakeUp.within(this.ports.pollMs);
      if (watched.signal.aborted) return;
      await watched.checkCaller();
      const next = await this.#read(watched).catch(unlessItCanHelpToTryAgain);
      if (next === null || JSON.stringify(next) === JSON.stringify(job)) continue;
      job = next;
      yield job;
    }
  }

  async #read({ context, trainingJobId }: Watched): Promise<Job> {
    const params = { training_job_id: trainingJobId };
    const reply = await this.ports.services.call(readTrainingJob, { context, params });
    return reply.body;
  }
}

function unlessItCanHelpToTryAgain(error: unknown): null {
  if (error instanceof Problem && error.kind.retryable) return null;
  throw error;
}

function isAbout(payload: unknown, trainingJobId: string): boolean {
  return (payload as { trainingJobId?: unknown } | null)?.trainingJobId === trainingJobId;
}
