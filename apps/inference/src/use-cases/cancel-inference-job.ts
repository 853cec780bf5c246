import type { Clock } from '@earmark/service-kit';
import { cancelJob, type InferenceJob } from '../domain/inference-job.js';
import type { FileStore, JobStore, Transactions } from '../ports.js';
import { requireJob } from './find-or-refuse.js';

interface Ports {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Cancels a job: files that are not done end, what was found stays. */
export class CancelInferenceJob {
  constructor(private readonly ports: Ports) {}

  execute(tenantId: string, jobId: string): Promise<InferenceJob> {
    const { jobs, files, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      const job = requireJob(await jobs.lock(tenantId, jobId));
      const cancelled = cancelJob(job, clock.now());
      if (cancelled === null) return job;
      await files.cancelOpen(tenantId, jobId, clock.now());
      const totals = await jobs.totals(tenantId, jobId);
      await jobs.save({ ...cancelled, next: { ...cancelled.next, ...totals } });
      return { ...cancelled.next, ...totals };
    });
  }
}
