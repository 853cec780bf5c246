import { Problem } from '@earmark/contracts';
import { keepAlive, type LeaseHolder, type LeaseTable, type Logger } from '@earmark/service-kit';
import { isFinished, workableStatuses, type TrainingJob } from '../domain/training-job.js';
import type { Hold, Leases, TrainingJobStore } from '../ports.js';

/** How soon a cancellation reaches the worker. */
const WATCH_MS = 500;

interface Ports {
  readonly table: LeaseTable;
  readonly jobs: TrainingJobStore;
  readonly logger: Logger;
  readonly ttlMs: number;
}

/** Leases on training jobs; whoever holds one also looks twice a second whether its job was cancelled. */
export class TrainingLeases implements Leases {
  constructor(private readonly ports: Ports) {}

  async claim({ id }: TrainingJob, owner: string): Promise<LeaseHolder | null> {
    const { table, ttlMs } = this.ports;
    const lease = await table.claim(id, { owner, ttlMs, statuses: workableStatuses });
    return lease && { owner, epoch: lease.epoch };
  }

  hold(job: TrainingJob, fence: LeaseHolder, shutdown: AbortSignal): Hold {
    const { table, ttlMs } = this.ports;
    const cancelled = new AbortController();
    const watch = setInterval(() => void this.#look(job, cancelled), WATCH_MS);
    const kept = keepAlive(table, job.id, { ...fence, ttlMs }, AbortSignal.any([shutdown, cancelled.signal]));
    const stop = (): void => {
      clearInterval(watch);
      kept.stop();
    };
    return { fence, signal: kept.signal, stop };
  }

  async release({ id }: TrainingJob, fence: LeaseHolder): Promise<void> {
    await this.ports.table.release(id, fence);
  }

  expiresInMs({ id }: TrainingJob): Promise<number | null> {
    return this.ports.table.expiresInMs(id);
  }

  async #look({ tenantId, id }: TrainingJob, cancelled: AbortController): Promise<void> {
    try {
      const job = await this.ports.jobs.find(tenantId, id);
      if (job === null || isFinished(job)) cancelled.abort(new Problem('lease_lost', `The job is ${job?.status ?? 'gone'}.`));
    } catch (error) {
      // The next look, or the lease's end, tells.
      this.ports.logger.debug({ trainingJobId: id, error }, 'a training job could not be looked at');
    }
  }
}
