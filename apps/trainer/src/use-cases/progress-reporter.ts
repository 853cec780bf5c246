import type { LeaseHolder, Logger } from '@earmark/service-kit';
import type { TrainingJobStore } from '../ports.js';

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly logger: Logger;
}

/** Writes whole steps of progress, one write at a time; what comes meanwhile is combined. */
export class ProgressReporter {
  #wanted = 0;
  #written = -1;
  #writing: Promise<void> | null = null;

  constructor(
    private readonly ports: Ports,
    private readonly jobId: string,
    private readonly fence: LeaseHolder,
  ) {}

  /** Never waits and never throws: progress is not worth a training. */
  report(percent: number): void {
    this.#wanted = Math.max(this.#wanted, Math.floor(percent));
    if (this.#writing === null && this.#wanted > this.#written)
      this.#writing = this.#write().finally(() => (this.#writing = null));
  }

  /** The last report; resolves when it is written. */
  async end(percent: number): Promise<void> {
    await this.#writing;
    this.report(percent);
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#wanted > this.#written) {
      const percent = this.#wanted;
      try {
        await this.ports.jobs.saveProgress(this.jobId, this.fence, percent);
      } catch (error) {
        this.ports.logger.debug({ trainingJobId: this.jobId, error }, 'progress could not be written');
      }
      this.#written = percent;
    }
  }
}
