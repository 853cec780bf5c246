import { Problem, type JobPayload } from '@earmark/contracts';
import type { admitTraining } from '@earmark/contracts/trainer/jobs';
import { done, skipped, type Clock, type Outcome } from '@earmark/service-kit';
import { queueJob, type TrainingJob } from '../domain/training-job.js';
import type { AnnotationSets, TrainingJobStore, Transactions } from '../ports.js';
import { endJob } from './end-job.js';
import { loadTrainingData, type DataPorts } from './load-training-data.js';

interface Ports extends DataPorts {
  readonly jobs: TrainingJobStore;
  readonly sets: AnnotationSets;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Checks once more that the data of a new job is there, and queues it for the workers of its lane. */
export class AdmitTraining {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, trainingJobId }: JobPayload<typeof admitTraining>): Promise<Outcome> {
    const { jobs, sets, transactions, clock } = this.ports;
    const job = await jobs.find(tenantId, trainingJobId);
    if (job?.status !== 'pending') return skipped(`the job is ${job?.status ?? 'gone'}`);
    try {
      await sets.find(job);
      await loadTrainingData(this.ports, job, job.dataManifest, job.settings.artifactTypes);
    } catch (error) {
      if (!(error instanceof Problem) || error.kind.retryable) throw error;
      return this.#refuse(job, error);
    }
    return transactions.transaction(async () => {
      const current = await jobs.lock(tenantId, trainingJobId);
      if (current?.status !== 'pending') return skipped(`the job is ${current?.status ?? 'gone'}`);
      await jobs.save(queueJob(current, clock.now()));
      return done();
    });
  }

  #refuse(job: TrainingJob, problem: Problem): Promise<Outcome> {
    const { jobs, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      const current = await jobs.lock(job.tenantId, job.id);
      if (current?.status !== 'pending') return skipped(`the job is ${current?.status ?? 'gone'}`);
      await jobs.save(endJob(current, problem, clock.now()));
      return done();
    });
  }
}
