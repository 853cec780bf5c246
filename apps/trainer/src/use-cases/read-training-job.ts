import { Problem } from '@earmark/contracts';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { TrainingJob } from '../domain/training-job.js';
import type { Epoch, JobFilter, TrainingJobStore } from '../ports.js';

/** A job with its curves. */
export interface JobSummary {
  readonly job: TrainingJob;
  readonly epochs: readonly Epoch[];
}

interface Ports {
  readonly jobs: TrainingJobStore;
}

export class ReadTrainingJob {
  constructor(private readonly ports: Ports) {}

  /** Throws training_job_not_found. */
  async execute(tenantId: string, jobId: string): Promise<JobSummary> {
    const job = requireJob(await this.ports.jobs.find(tenantId, jobId));
    const epochs = await this.ports.jobs.epochsOf([jobId]);
    return { job, epochs: epochs.get(jobId) ?? [] };
  }
}

export class ListTrainingJobs {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, filter: JobFilter, request: PageRequest<CreationKey>): Promise<Page<JobSummary, CreationKey>> {
    const page = await this.ports.jobs.list(tenantId, filter, request);
    const epochs = await this.ports.jobs.epochsOf(page.items.map(({ id }) => id));
    return { ...page, items: page.items.map((job) => ({ job, epochs: epochs.get(job.id) ?? [] })) };
  }
}

/** The job, or the problem that there is none: absent, deleted and another tenant's are the same. */
export function requireJob(job: TrainingJob | null): TrainingJob {
  if (job) return job;
  throw new Problem('training_job_not_found', 'There is no such training job.');
}
