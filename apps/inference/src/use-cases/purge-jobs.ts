import type { Clock } from '@earmark/service-kit';
import type { AudioDirectory, PurgeStore, ScoreStore } from '../ports.js';

interface Ports {
  readonly purges: PurgeStore;
  readonly audio: Pick<AudioDirectory, 'release'>;
  readonly scores: Pick<ScoreStore, 'erase'>;
  readonly clock: Clock;
  /** Finished jobs are purged at this age; 0 keeps them. */
  readonly retentionDays: number;
}

const BLOCK_FILES = 500;
const BLOCK_JOBS = 50;
const DAY_MS = 86_400_000;

/**
 * Erases purged jobs: the audio that was uploaded for them, their scores, their rows. Every block is done for good, so that a run that
 * ends in the middle is continued by the next one.
 */
export class PurgeJobs {
  constructor(private readonly ports: Ports) {}

  async execute(): Promise<void> {
    const { purges, clock, retentionDays } = this.ports;
    if (retentionDays > 0) {
      const before = new Date(clock.now().getTime() - retentionDays * DAY_MS);
      while ((await purges.expire(before, clock.now(), BLOCK_JOBS)) === BLOCK_JOBS);
    }
    for (let jobs = await purges.next(BLOCK_JOBS); jobs.length > 0; jobs = await purges.next(BLOCK_JOBS))
      for (const { tenantId, id } of jobs) await this.#erase(tenantId, id);
  }

  async #erase(tenantId: string, jobId: string): Promise<void> {
    const { purges, audio, scores } = this.ports;
    for (;;) {
      const { fileIds, audioFileIds } = await purges.files(tenantId, jobId, BLOCK_FILES);
      if (fileIds.length === 0) break;
      // Before the rows go: they are all that knows of the audio. To release a file twice does no harm.
      if (audioFileIds.length > 0) await audio.release(tenantId, audioFileIds);
      await purges.removeFiles(tenantId, fileIds);
    }
    await scores.erase(tenantId, jobId);
    await purges.removeJob(tenantId, jobId);
  }
}
