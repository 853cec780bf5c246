import { asProblem, type LeaseHolder, type Logger } from '@earmark/service-kit';
import type { CheckpointRef, TrainingJob } from '../domain/training-job.js';
import type { Checkpoints, Epoch, TrainingJobStore } from '../ports.js';

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly checkpoints: Checkpoints;
  readonly logger: Logger;
}

/** Writes the epochs of one claim: checkpoint first, then the row that names it, then the checkpoint before it goes. */
export class EpochRecorder {
  #newest: CheckpointRef | null;
  #waiting: Epoch[] = [];

  constructor(
    private readonly ports: Ports,
    private readonly job: TrainingJob,
    private readonly fence: LeaseHolder,
  ) {
    this.#newest = job.checkpoint;
  }

  /** An outage of storage or database does not end a training: the next epoch's checkpoint takes along what could not be written. */
  async record(epoch: Epoch, bytes: Uint8Array): Promise<void> {
    const { jobs, checkpoints, logger } = this.ports;
    this.#waiting.push(epoch);
    try {
      const checkpoint = await checkpoints.save(this.job, epoch.epoch, this.fence.epoch, bytes);
      await jobs.recordEpochs(this.job.id, this.fence, this.#waiting, checkpoint);
      this.#waiting = [];
      await this.#replace(checkpoint);
    } catch (error) {
      if (asProblem(error)?.kind.retryable !== true) throw error;
      logger.warn(
        { trainingJobId: this.job.id, epoch: epoch.epoch, error },
        'a checkpoint could not be stored; training goes on',
      );
    }
  }

  /** The checkpoint was of no use. */
  async restart(): Promise<void> {
    this.#newest = null;
    this.#waiting = [];
    this.ports.logger.warn({ trainingJobId: this.job.id }, 'a checkpoint was refused; the training starts over');
    await this.ports.jobs.forgetEpochs(this.job.id, this.fence);
  }

  async #replace(checkpoint: CheckpointRef): Promise<void> {
    const old = this.#newest;
    this.#newest = checkpoint;
    if (old !== null && old.key !== checkpoint.key) await this.ports.checkpoints.remove(old);
  }
}
