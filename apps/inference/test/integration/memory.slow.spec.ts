import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { clientOf } from '../support/client-of.js';
import { audioWithBursts, repeated } from '../support/detector.js';
import { buildWorld, killHard, spawnInference, type InferenceWorld } from '../support/inference-world.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The audio itself has 115 MB, as floats 230 MB: neither fits. */
const ALLOWED_BYTES = 100 * 1024 ** 2;

let world: InferenceWorld;
let inference: ChildProcess | undefined;
beforeAll(async () => {
  world = await buildWorld();
  inference = await spawnInference(world);
});
afterAll(async () => {
  await killHard(inference);
  await world?.stop();
});

/** The most memory the process ever had, in bytes. */
async function peakBytes(): Promise<number> {
  const status = await readFile(`/proc/${inference?.pid}/status`, 'utf8');
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
}

it('an hour of audio needs hardly more memory than a minute', async () => {
  const tenant = clientOf(world);
  const { id } = await tenant.create();
  const minute = audioWithBursts(MINUTE_MS, 1);
  await tenant.add(id, minute);
  await tenant.completed(id);
  const before = await peakBytes();
  await tenant.add(id, repeated(minute, HOUR_MS / MINUTE_MS));
  const job = await tenant.reached(id, ['completed', 'failed'], 20 * MINUTE_MS);
  expect(job).toMatchObject({ status: 'completed', total_files: 2, failed_files: 0 });
  expect(job.files[1]?.duration_ms).toBe(HOUR_MS);
  expect((await peakBytes()) - before).toBeLessThan(ALLOWED_BYTES);
});
