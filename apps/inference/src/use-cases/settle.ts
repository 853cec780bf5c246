import type { Clock } from '@earmark/service-kit';
import { totalsAfter, type FileChange } from '../domain/file-counts.js';
import { settleJob, type InferenceJob } from '../domain/inference-job.js';
import type { JobStore } from '../ports.js';

interface Ports {
  readonly jobs: JobStore;
  readonly clock: Clock;
}

/** Brings a job, whose row the caller holds, up to date with changes of its files; the last thing to do in their transaction. */
export async function settle({ jobs, clock }: Ports, job: InferenceJob, changes: readonly FileChange[]): Promise<InferenceJob> {
  const settled = settleJob(job, totalsAfter(job, changes), clock.now());
  if (settled === null) return job;
  await jobs.save(settled);
  return settled.next;
}
