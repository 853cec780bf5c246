import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { LeaseTable } from './lease-table.js';
import { keepAlive } from './keep-alive.js';

const holder = { owner: 'a', epoch: 1, ttlMs: 3_000 };

describe('keepAlive', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('beats every third of the time until stopped', async () => {
    const heartbeat = jest.fn<LeaseTable['heartbeat']>(async () => true);
    const kept = keepAlive({ heartbeat }, 'id', holder);
    await jest.advanceTimersByTimeAsync(9_000);
    expect(heartbeat).toHaveBeenCalledTimes(9);
    expect(heartbeat).toHaveBeenCalledWith('id', holder);
    kept.stop();
    await jest.advanceTimersByTimeAsync(9_000);
    expect(heartbeat).toHaveBeenCalledTimes(9);
    expect(kept.signal.aborted).toBe(false);
  });

  it('aborts at once when another worker has the lease', async () => {
    const kept = keepAlive({ heartbeat: async () => false }, 'id', holder);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(kept.signal.reason).toMatchObject({ code: 'lease_lost' });
  });

  it('survives a database that is away for less than the lease, and aborts when it takes longer', async () => {
    let up = false;
    const heartbeat = jest.fn(() => (up ? Promise.resolve(true) : Promise.reject(new Error('away'))));
    const kept = keepAlive({ heartbeat }, 'id', holder);
    await jest.advanceTimersByTimeAsync(2_000);
    up = true;
    await jest.advanceTimersByTimeAsync(1_000);
    up = false;
    await jest.advanceTimersByTimeAsync(2_900);
    expect(kept.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(kept.signal.reason).toMatchObject({ code: 'lease_lost' });
  });

  it('notices time passing while a heartbeat hangs', async () => {
    const kept = keepAlive({ heartbeat: () => new Promise<boolean>(() => undefined) }, 'id', holder);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(kept.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(kept.signal.aborted).toBe(true);
  });

  it('passes the other signal on', () => {
    const shutdown = new AbortController();
    const kept = keepAlive({ heartbeat: async () => true }, 'id', holder, shutdown.signal);
    shutdown.abort(new Error('stopping'));
    expect(kept.signal.reason).toEqual(new Error('stopping'));
    kept.stop();
  });
});
