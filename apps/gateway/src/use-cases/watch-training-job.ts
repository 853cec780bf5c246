import type { CallContext } from '@earmark/contracts';
import type { TrainingJobView } from '@earmark/contracts/trainer/routes';
import type { z } from 'zod';
import { isFinished } from '../domain/finished-training.js';
import type { Announcements, Services } from '../ports.js';
import { JobFeed } from './job-feed.js';
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

interface Ports {
  readonly services: Services;
  readonly announcements: Announcements;
  readonly pollMs: number;
}

const TRAINER_EVENTS = 'evt.trainer.>';

/** Follows a training job: one view at once, then one for every change, until it is finished. All watchers of a job share its reads. */
export class WatchTrainingJob {
  readonly #feeds = new Map<string, JobFeed>();
  #stopListening: (() => void) | undefined;
  readonly #ports: Ports;

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** Problems before the first view: those of reading the job. Later ones end the stream unless trying again can help. */
  async *execute(watched: Watched): AsyncGenerator<Job, void> {
    const wakeUp = new WakeUp(watched.signal);
    const feed = this.#join(watched, wakeUp);
    try {
      yield* this.#changes(watched, feed, wakeUp);
    } finally {
      wakeUp.end();
      this.#leave(watched, feed, wakeUp);
    }
  }

  async *#changes({ signal, checkCaller }: Watched, feed: JobFeed, wakeUp: WakeUp): AsyncGenerator<Job, void> {
    let job = await feed.first();
    yield job;
    while (!isFinished(job.status)) {
      await wakeUp.within(this.#ports.pollMs);
      if (signal.aborted) return;
      await checkCaller();
      const next = feed.latest();
      if (next === job) continue;
      job = next;
      yield job;
    }
  }

  #join({ context, trainingJobId }: Watched, wakeUp: WakeUp): JobFeed {
    const key = feedKey(context.tenantId, trainingJobId);
    const feed = this.#feeds.get(key) ?? new JobFeed({ ...this.#ports, context, trainingJobId });
    this.#feeds.set(key, feed);
    feed.join(wakeUp);
    this.#stopListening ??= this.#ports.announcements.listen(TRAINER_EVENTS, (payload) => this.#hear(payload));
    return feed;
  }

  #leave({ context, trainingJobId }: Watched, feed: JobFeed, wakeUp: WakeUp): void {
    if (feed.leave(wakeUp) > 0) return;
    const key = feedKey(context.tenantId, trainingJobId);
    if (this.#feeds.get(key) === feed) this.#feeds.delete(key);
    if (this.#feeds.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #hear(payload: unknown): void {
    const { tenantId, trainingJobId } = (payload ?? {}) as { tenantId?: unknown; trainingJobId?: unknown };
    this.#feeds.get(feedKey(String(tenantId), String(trainingJobId)))?.readNow();
  }
}

const feedKey = (tenantId: string, trainingJobId: string): string => `${tenantId} ${trainingJobId}`;
