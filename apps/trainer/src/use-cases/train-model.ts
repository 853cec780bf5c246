import type { JobPayload } from '@earmark/contracts';
import { trainModel } from '@earmark/contracts/trainer/jobs';
import {
  asProblem,
  done,
  later,
  skipped,
  type Clock,
  type LeaseHolder,
  type Logger,
  type Outcome,
  type Work,
} from '@earmark/service-kit';
import { failJob, isFinished, workableStatuses, type TrainingJob } from '../domain/training-job.js';
import { LearnerCrashed, type Hold, type Leases, type TrainingJobStore } from '../ports.js';
import { endJob } from './end-job.js';
import type { RegisterModel } from './register-model.js';
import type { RunTraining } from './run-training.js';

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly leases: Leases;
  readonly runTraining: RunTraining;
  readonly registerModel: RegisterModel;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How long the message waits when a job is between two states. */
const SOON_MS = 500;

/** Brings a queued job to its end, from wherever another worker left it. */
export class TrainModel {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, trainingJobId }: JobPayload<typeof trainModel>, work: Work): Promise<Outcome> {
    const { jobs, leases } = this.ports;
    const found = await jobs.find(tenantId, trainingJobId);
    if (found === null || isFinished(found)) return skipped(`the job is ${found?.status ?? 'gone'}`);
    const fence = await leases.claim(found, work.owner);
    if (fence === null) return later((await leases.expiresInMs(found)) ?? SOON_MS);
    const hold = leases.hold(found, fence, work.signal);
    try {
      await this.#work(found, hold);
      return done();
    } catch (error) {
      return await this.#settle(found, error, hold.fence, work);
    } finally {
      hold.stop();
    }
  }

  async #work({ tenantId, id }: TrainingJob, hold: Hold): Promise<void> {
    const { jobs, runTraining, registerModel } = this.ports;
    const job = await jobs.find(tenantId, id); // as it is under the lease
    if (job === null || !(workableStatuses as readonly string[]).includes(job.status)) return;
    await registerModel.execute(job.status === 'registering' ? job : await runTraining.execute(job, hold), hold);
  }

  async #settle({ tenantId, id }: TrainingJob, error: unknown, fence: LeaseHolder, work: Work): Promise<Outcome> {
    const { jobs, leases } = this.ports;
    const job = await jobs.find(tenantId, id);
    if (job === null || isFinished(job)) return skipped(`the job is ${job?.status ?? 'gone'}`);
    const problem = asProblem(error);
    if (problem?.code === 'lease_lost') return later((await leases.expiresInMs(job)) ?? SOON_MS);
    if (work.signal.aborted || problem?.kind.retryable === true) {
      await leases.release(job, fence);
      throw error;
    }
    if (problem === null) return this.#retryOrFail(job, error, fence);
    await jobs.save(endJob(job, problem, this.ports.clock.now()), fence);
    return done();
  }

  /** A death of the learning process, or a bug: tried again by the job's table, then the job has failed. */
  async #retryOrFail(job: TrainingJob, error: unknown, fence: LeaseHolder): Promise<Outcome> {
    const { jobs, leases, clock, logger } = this.ports;
    const crashes = await jobs.countCrash(job.id, fence);
    const about = { trainingJobId: job.id, crashes, error };
    if (error instanceof LearnerCrashed) logger.warn(about, 'the learning process died');
    else logger.error(about, 'a training failed by a bug');
    const delayMs = trainModel.delivery.retryDelaysMs[crashes - 1];
    if (delayMs !== undefined) {
      await leases.release(job, fence);
      return later(delayMs);
    }
    const message = `The training ended unexpectedly ${crashes} times. It may need more memory than this machine has; try a smaller batch_size or less audio.`;
    await jobs.save(failJob(job, { code: 'training_failed', message }, clock.now()), fence);
    return done();
  }
}
