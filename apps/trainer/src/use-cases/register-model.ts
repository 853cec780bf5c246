import { Problem } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { completeJob, type TrainingJob } from '../domain/training-job.js';
import type { Hold, ModelRegistry, TrainingJobStore } from '../ports.js';

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly registry: ModelRegistry;
  readonly clock: Clock;
}

/** The last step: the registry gets to know the model, then the job is completed. Repeating it is harmless. */
export class RegisterModel {
  constructor(private readonly ports: Ports) {}

  async execute(job: TrainingJob, { fence, signal }: Hold): Promise<void> {
    const { jobs, registry, clock } = this.ports;
    if (job.outcome === null) throw new Problem('training_failed', 'The training left no result to register.');
    signal.throwIfAborted();
    const modelId = await registry.register(job, job.outcome);
    await jobs.save(completeJob(job, modelId, clock.now()), fence);
  }
}
