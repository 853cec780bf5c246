import type { Clock } from '@earmark/service-kit';
import { followAudio, type AudioOutcome } from '../domain/inference-file.js';
import type { FileStore, JobStore, Transactions } from '../ports.js';
import { settle } from './settle.js';

interface Ports {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Tells every file that uses an audio file how its processing ended. */
export class FollowAudio {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, audioFileId: string, outcome: AudioOutcome): Promise<void> {
    for (const { id, jobId } of await this.ports.files.waitingFor(tenantId, audioFileId))
      await this.tell(tenantId, jobId, id, outcome);
  }

  /** Tells one file. */
  async tell(tenantId: string, jobId: string, fileId: string, outcome: AudioOutcome): Promise<void> {
    const { jobs, files, transactions, clock } = this.ports;
    await transactions.transaction(async () => {
      const job = await jobs.lock(tenantId, jobId);
      const file = job && (await files.lock(tenantId, fileId));
      if (!job || !file) return;
      const told = followAudio(file, job.modelId, outcome, clock.now());
      if (told.next === file) return;
      await files.save(told);
      await settle(this.ports, job, [{ before: file, after: told.next }]);
    });
  }
}

/** Takes everything of a deleted organisation from sight; rows, scores and audio are erased afterwards, in blocks, as of any purged job. */
export class ForgetTenant {
  constructor(private readonly ports: { jobs: Pick<JobStore, 'purgeTenant'>; clock: Clock }) {}

  async execute(tenantId: string): Promise<void> {
    await this.ports.jobs.purgeTenant(tenantId, this.ports.clock.now());
  }
}
