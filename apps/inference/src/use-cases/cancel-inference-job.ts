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

  /** Throws inference_job_not_found, inference_job_finished. */
  execute(tenantId: string, jobId: string): Promise<InferenceJob> {
    const { jobs, transactions } = this.ports;
    return transactions.transaction(async () => this.cancel(requireJob(await jobs.lock(tenantId, jobId))));
  }

  /** Cancels a job whose row the caller holds. */
  async cancel(job: InferenceJob): Promise<InferenceJob> {
    const { jobs, files, clock } = this.ports;
    const cancelled = cancelJob(job, clock.now());
    if (cancelled === null) return job;
    const ended = await files.cancelOpen(job.tenantId, job.id, clock.now());
    const { next, facts } = cancelled;
    const counted = { ...next, processedFiles: job.processedFiles + ended, failedFiles: job.failedFiles + ended };
    await jobs.save({ next: counted, facts });
    return counted;
  }
}
