import { describe, expect, it } from '@jest/globals';
import { Problem, type CallContext } from '@earmark/contracts';
import { eventually } from '@earmark/testkit';
import { WatchTrainingJob, type Watched } from './watch-training-job.js';

interface JobState {
  status: string;
  progress_percent: number;
}

/** One job behind the gateway, and what the gateway hears of it. */
function world(pollMs = 60_000) {
  const state: JobState = { status: 'training', progress_percent: 0 };
  const heard = new Set<(payload: unknown) => void>();
  const counts = { reads: 0, listening: () => heard.size };
  const failing: { with: Problem | null } = { with: null };
  const watch = new WatchTrainingJob({
    pollMs,
    services: {
      call: async () => {
        counts.reads += 1;
        if (failing.with !== null) throw failing.with;
        return { body: { ...state }, etag: null };
      },
    } as never,
    announcements: {
      listen: (_subject, hear) => {
        heard.add(hear);
        return () => heard.delete(hear);
      },
    },
  });
  const announce = (change: Partial<JobState>): void => {
    Object.assign(state, change);
    for (const hear of heard) hear({ tenantId: 'tenant', trainingJobId: 'job' });
  };
  return { watch, state, counts, failing, announce };
}

const watched = (change: Partial<Watched> = {}): Watched => ({
  context: { tenantId: 'tenant' } as CallContext,
  trainingJobId: 'job',
  signal: new AbortController().signal,
  checkCaller: async () => undefined,
  ...change,
});

/** Reads a stream to its end and remembers the progress it told. */
function reader(values: AsyncGenerator<unknown, void>) {
  const told: number[] = [];
  const end = (async () => {
    for await (const job of values) told.push((job as JobState).progress_percent);
  })();
  return { told, end };
}

describe('watching a training job', () => {
  it('reads once for all watchers, and each is told every change until the end', async () => {
    const { watch, counts, announce } = world();
    const readers = Array.from({ length: 100 }, () => reader(watch.execute(watched())));
    await eventually(() => readers.every(({ told }) => told.length === 1));
    announce({ progress_percent: 50 });
    await eventually(() => readers.every(({ told }) => told.length === 2));
    announce({ status: 'completed', progress_percent: 100 });
    await Promise.all(readers.map(({ end }) => end));
    for (const { told } of readers) expect(told).toEqual([0, 50, 100]);
    expect(counts.reads).toBe(3);
    expect(counts.listening()).toBe(0);
  });

  it('keeps organisations apart and starts anew after the last watcher went', async () => {
    const { watch, counts, announce } = world();
    const gone = new AbortController();
    const first = reader(watch.execute(watched({ signal: gone.signal })));
    const other = reader(watch.execute(watched({ context: { tenantId: 'other' } as CallContext, signal: gone.signal })));
    await eventually(() => first.told.length === 1 && other.told.length === 1);
    expect(counts.reads).toBe(2);
    gone.abort();
    await Promise.all([first.end, other.end]);
    expect(counts.listening()).toBe(0);
    const again = reader(watch.execute(watched()));
    await eventually(() => again.told.length === 1);
    announce({ status: 'failed' });
    await again.end;
    expect(counts.reads).toBe(4);
  });

  it('throws what the first read said, and survives a later read that fails for a moment', async () => {
    const { watch, failing, announce } = world();
    failing.with = new Problem('training_job_not_found', 'There is no such job.');
    await expect(watch.execute(watched()).next()).rejects.toMatchObject({ code: 'training_job_not_found' });
    failing.with = null;
    const live = reader(watch.execute(watched()));
    await eventually(() => live.told.length === 1);
    failing.with = new Problem('service_unavailable', 'The trainer is away.');
    announce({ progress_percent: 10 });
    failing.with = null;
    announce({ status: 'completed', progress_percent: 100 });
    await live.end;
    expect(live.told.at(-1)).toBe(100);
  });

  it('ends when the caller’s key has ended', async () => {
    const { watch } = world(1);
    const refused = new Problem('unauthenticated', 'The key was revoked.');
    const values = watch.execute(watched({ checkCaller: () => Promise.reject(refused) }));
    await values.next();
    await expect(values.next()).rejects.toBe(refused);
  });
});
