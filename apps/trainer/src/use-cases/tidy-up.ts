import type { Clock } from '@earmark/service-kit';
import type { Artefacts, Checkpoints, TrainingJobStore } from '../ports.js';

const BLOCK = 100;

interface Ports {
  readonly jobs: TrainingJobStore;
  readonly checkpoints: Checkpoints;
  readonly artefacts: Artefacts;
  readonly clock: Clock;
  /** Time for workers that lost their lease to notice and stop writing. */
  readonly tidyGraceMs: number;
  readonly deletionGraceMs: number;
}

/** Removes what finished jobs leave behind: checkpoints, artefacts of lost leases, and at last the rows of deleted jobs. */
export class TidyUp {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { jobs, clock, tidyGraceMs, deletionGraceMs } = this.ports;
    const nowMs = clock.now().getTime();
    for (let found = BLOCK; found === BLOCK;) found = await this.#tidySome(new Date(nowMs - tidyGraceMs));
    await jobs.erase(new Date(nowMs - deletionGraceMs));
  }

  async #tidySome(finishedBefore: Date): Promise<number> {
    const { jobs, checkpoints, artefacts, clock } = this.ports;
    const some = await jobs.untidy(finishedBefore, BLOCK);
    for (const job of some) {
      await checkpoints.removeAll(job);
      await artefacts.removeOthers(job, job.status === 'completed' ? (job.outcome?.artifacts ?? null) : null);
      await jobs.markTidied(job.id, clock.now());
    }
    return some.length;
  }
}
