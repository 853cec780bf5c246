import { afterEach, describe, expect, it } from '@jest/globals';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { InferencePool, type InferencePoolOptions } from './inference-pool.js';
import { InferenceFailedError, PoolClosedError, PoolFullError, WorkerCrashedError } from './pool-errors.js';
import { PROBE_MODEL } from './probe-model.js';
import { float32Data, float32Tensor } from './tensor.js';

const pools: InferencePool[] = [];
const open = (options: Partial<InferencePoolOptions> = {}): InferencePool => {
  const pool = new InferencePool({ workers: 1, ...options });
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

const feeds = (...values: number[]) => ({ x: float32Tensor(Float32Array.from(values), [values.length]) });
const load = async () => PROBE_MODEL;
const crashing = { workerEntry: new URL('./test/crashing-worker.js', import.meta.url) };

describe('InferencePool', () => {
  it('runs a model in a worker and fetches it once per worker', async () => {
    const pool = open();
    let loads = 0;
    const counting = async () => {
      loads += 1;
      return PROBE_MODEL;
    };
    const results = await Promise.all([1, 2, 3].map((value) => pool.run('double', counting, feeds(value))));
    expect(results.map((outputs) => [...float32Data(outputs, 'y')])).toEqual([[2], [4], [6]]);
    expect(loads).toBe(1);
  });

  it('loads a model from a file path too', async () => {
    const file = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'pool-')), 'model.onnx');
    await fs.writeFile(file, PROBE_MODEL);
    const outputs = await open().run('from file', async () => file, feeds(5));
    expect([...float32Data(outputs, 'y')]).toEqual([10]);
    await fs.rm(path.dirname(file), { recursive: true });
  });

  it('keeps only so many models warm, and loads a forgotten one again', async () => {
    const pool = open({ modelsPerWorker: 1 });
    const loaded: string[] = [];
    const runNamed = (key: string) =>
      pool.run(
        key,
        async () => {
          loaded.push(key);
          return PROBE_MODEL;
        },
        feeds(1),
      );
    for (const key of ['a', 'a', 'b', 'a']) await runNamed(key);
    expect(loaded).toEqual(['a', 'b', 'a']);
  });

  it('does not touch the inputs, so that callers can use them again', async () => {
    const input = feeds(1, 2);
    await open().run('double', load, input);
    expect([...input.x.data]).toEqual([1, 2]);
  });

  it('refuses more waiting jobs than it was made for', async () => {
    const pool = open({ maxQueued: 1 });
    const accepted = [pool.run('double', load, feeds(1)), pool.run('double', load, feeds(2))];
    await expect(pool.run('double', load, feeds(3))).rejects.toThrow(PoolFullError);
    expect(await Promise.all(accepted)).toHaveLength(2);
  });

  it('rejects an aborted job with the reason and goes on with the next', async () => {
    const pool = open();
    const abort = new AbortController();
    const first = pool.run('double', load, feeds(1));
    const second = pool.run('double', load, feeds(2), { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    await expect(second).rejects.toThrow('changed my mind');
    expect(pool.load.queued).toBe(0);
    expect([...float32Data(await first, 'y')]).toEqual([2]);
    await expect(pool.run('double', load, feeds(1), { signal: abort.signal })).rejects.toThrow('changed my mind');
  });

  it('tries a job again on a new worker when its worker dies', async () => {
    const pool = open(crashing);
    const marker = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'pool-')), 'crashed');
    const outputs = await pool.run(`crash once ${marker}`, load, feeds(4));
    expect([...float32Data(outputs, 'y')]).toEqual([8]);
    expect((await fs.stat(marker)).isFile()).toBe(true);
    await fs.rm(path.dirname(marker), { recursive: true });
  });

  it('gives a job up when two workers die of it, and serves the others', async () => {
    const pool = open(crashing);
    const poisoned = pool.run('crash always', load, feeds(1));
    const healthy = pool.run('double', load, feeds(3));
    await expect(poisoned).rejects.toThrow(WorkerCrashedError);
    expect([...float32Data(await healthy, 'y')]).toEqual([6]);
  });

  it('reports what the model refuses, and works afterwards', async () => {
    const pool = open();
    await expect(pool.run('broken', async () => Uint8Array.of(1, 2, 3), feeds(1))).rejects.toThrow(InferenceFailedError);
    await expect(pool.run('double', load, { wrong: feeds(1).x })).rejects.toThrow(InferenceFailedError);
    await expect(pool.run('lost', () => Promise.reject(new Error('no such object')), feeds(1))).rejects.toThrow('no such object');
    expect([...float32Data(await pool.run('double', load, feeds(2)), 'y')]).toEqual([4]);
  });

  it('rejects what is open when it is closed, and everything later', async () => {
    const pool = open();
    const pending = pool.run('double', load, feeds(1));
    const rejected = expect(pending).rejects.toThrow(PoolClosedError);
    await pool.close();
    await rejected;
    await expect(pool.run('double', load, feeds(1))).rejects.toThrow(PoolClosedError);
  });
});
