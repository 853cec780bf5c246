import type { Clock } from '@earmark/service-kit';
import { cancelJob, deleteJob, type TrainingJob } from '../domain/training-job.js';
import type { TrainingJobStore, Transactions } from '../ports.js';
import { requireJob } from './read-training-job.js';

/** Jobs ended per transaction when a dataset or an organisation goes. */
const BLOCK = 100;

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Cancels a job; the worker that trains it notices within a second. */
export class CancelTrainingJob {
  constructor(private readonly ports: Ports) {}

  /** Throws training_job_not_found, training_job_finished, training_job_registering. */
  async execute(tenantId: string, jobId: string): Promise<TrainingJob> {
    const { jobs, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      const job = requireJob(await jobs.lock(tenantId, jobId));
      const cancelled = cancelJob(job, clock.now());
      if (!cancelled) return job;
      await jobs.save(cancelled);
      return cancelled.next;
    });
  }
}

/** Cancels what is being trained on a deleted dataset; a model that is already being registered stays. */
export class CancelTrainingsOfDataset {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string): Promise<void> {
    const { jobs, transactions, clock } = this.ports;
    await inBlocks(transactions, async () => {
      const some = await jobs.lockSome(tenantId, datasetId, BLOCK);
      for (const job of some) {
        const cancelled = cancelJob(job, clock.now());
        if (cancelled) await jobs.save(cancelled);
      }
      return some.length;
    });
  }
}

/** Ends and buries everything of a deleted organisation. */
export class ForgetTenant {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string): Promise<void> {
    const { jobs, transactions, clock } = this.ports;
    await inBlocks(transactions, async () => {
      const some = await jobs.lockSome(tenantId, null, BLOCK);
      for (const job of some) await jobs.save(deleteJob(job, clock.now()));
      return some.length;
    });
  }
}

async function inBlocks(transactions: Transactions, endSome: () => Promise<number>): Promise<void> {
  while ((await transactions.transaction(endSome)) === BLOCK);
}
