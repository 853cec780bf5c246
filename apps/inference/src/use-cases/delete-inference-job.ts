import type { Clock } from '@earmark/service-kit';
import { purgeJob } from '../domain/inference-job.js';
import type { JobStore, Transactions } from '../ports.js';
import type { CancelInferenceJob } from './cancel-inference-job.js';
import { requireJob } from './find-or-refuse.js';

interface Ports {
  readonly jobs: JobStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly cancelJob: CancelInferenceJob;
}

const FINISHED = ['completed', 'failed', 'cancelled'];

/** Takes a job from sight, cancelled first when it runs; its audio, scores and rows are erased afterwards, in blocks. */
export class DeleteInferenceJob {
  constructor(private readonly ports: Ports) {}

  /** Throws inference_job_not_found. */
  async execute(tenantId: string, jobId: string): Promise<void> {
    const { jobs, transactions, clock, cancelJob } = this.ports;
    await transactions.transaction(async () => {
      const found = requireJob(await jobs.lock(tenantId, jobId));
      const job = FINISHED.includes(found.status) ? found : await cancelJob.cancel(found);
      await jobs.save(purgeJob(job, clock.now()));
    });
  }
}
