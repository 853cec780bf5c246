import { beforeEach, describe, expect, it } from '@jest/globals';
import { PurgeJobs } from './purge-jobs.js';

interface Row {
  readonly id: string;
  readonly audioFileId: string | null;
}

/** Purged jobs in memory, and what was done to their audio and scores. */
function world(fileCounts: Record<string, number>) {
  const jobs = new Map<string, Row[]>(
    Object.entries(fileCounts).map(([job, count]) => [
      job,
      // Every other file belongs to a dataset.
      Array.from({ length: count }, (_, index) => ({
        id: `${job} ${index}`,
        audioFileId: index % 2 === 0 ? `${job} audio ${index}` : null,
      })),
    ]),
  );
  const released = new Set<string>();
  const did: string[] = [];
  const state = { failAfterReleases: Infinity, releases: 0, expired: [] as Date[] };
  const purge = new PurgeJobs({
    purges: {
      expire: async (before) => {
        state.expired.push(before);
        return 0;
      },
      next: async (limit) => [...jobs.keys()].slice(0, limit).map((id) => ({ tenantId: 'tenant', id })),
      files: async (_tenantId, jobId, limit) => {
        const rows = (jobs.get(jobId) ?? []).slice(0, limit);
        const audioFileIds = rows.flatMap(({ audioFileId }) => (audioFileId === null ? [] : [audioFileId]));
        return { fileIds: rows.map(({ id }) => id), audioFileIds };
      },
      removeFiles: async (_tenantId, fileIds) => {
        for (const [job, rows] of jobs)
          jobs.set(
            job,
            rows.filter(({ id }) => !fileIds.includes(id)),
          );
      },
      removeJob: async (_tenantId, jobId) => {
        expect(jobs.get(jobId)).toEqual([]);
        did.push(`job ${jobId}`);
        jobs.delete(jobId);
      },
    },
    audio: {
      release: async (_tenantId, ids) => {
        expect(ids.length).toBeLessThanOrEqual(1_000);
        state.releases += 1;
        if (state.releases > state.failAfterReleases) throw new Error('ingest is away');
        for (const id of ids) released.add(id);
      },
    },
    scores: { erase: async (_tenantId, jobId) => void did.push(`scores ${jobId}`) },
    clock: { now: () => new Date('2026-11-21T00:00:00Z') },
    retentionDays: 30,
  });
  return { purge, jobs, released, did, state };
}

describe('the purge of jobs', () => {
  let made: ReturnType<typeof world>;
  beforeEach(() => {
    made = world({ small: 3, large: 2_500 });
  });

  it('erases audio, rows and scores of every job, block by block', async () => {
    await made.purge.execute();
    expect(made.did).toEqual(['scores small', 'job small', 'scores large', 'job large']);
    expect(made.released.size).toBe(2 + 1_250);
    expect(made.state.expired).toEqual([new Date('2026-10-22T00:00:00Z')]);
  });

  it('that ends in the middle is continued where it was', async () => {
    made.state.failAfterReleases = 3;
    await expect(made.purge.execute()).rejects.toThrow('away');
    const left = made.jobs.get('large')?.length ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(2_500);
    made.state.failAfterReleases = Infinity;
    await made.purge.execute();
    expect([...made.jobs]).toEqual([]);
    expect(made.released.size).toBe(2 + 1_250);
  });
});
