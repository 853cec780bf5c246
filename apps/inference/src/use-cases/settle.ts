import type { Clock } from '@earmark/service-kit';
import { settleJob, type InferenceJob } from '../domain/inference-job.js';
import type { JobStore } from '../ports.js';

/** Brings a job, whose row the caller holds, up to date with its files; the last thing to do in a transaction that changed them. */
export async function settle(ports: { jobs: JobStore; clock: Clock }, job: InferenceJob): Promise<void> {
  const totals = await ports.jobs.totals(job.tenantId, job.id);
  const settled = settleJob(job, totals, ports.clock.now());
  if (settled !== null) await ports.jobs.save(settled);
}
