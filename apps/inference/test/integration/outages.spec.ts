import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { detectFile } from '@earmark/contracts/inference/jobs';
import { eventually } from '@earmark/testkit';
import { clientOf } from '../support/client-of.js';
import { audioWithBursts, repeated } from '../support/detector.js';
import { buildWorld, killHard, spawnInference, type InferenceWorld } from '../support/inference-world.js';

let world: InferenceWorld;
let inference: ChildProcess | undefined;
beforeAll(async () => {
  world = await buildWorld({ leaseMs: 3_000 });
  inference = await spawnInference(world);
});
afterAll(async () => {
  await killHard(inference);
  await world?.stop();
});

describe('inference that is killed', () => {
  it('in the middle of a file: another process takes it over, and it is completed once', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    const { fileId } = await tenant.add(id, repeated(audioWithBursts(10_000, 2), 60));
    await eventually(async () => expect((await tenant.file(id, fileId)).status).toBe('processing'), { timeoutMs: 20_000 });
    await killHard(inference);
    inference = await spawnInference(world);
    // What the sweep does when the queue is empty, without waiting for it; and a duplicate.
    const request = detectFile.request({ tenantId: tenant.tenantId, inferenceFileId: fileId });
    await world.publish(request);
    await world.publish(request);
    expect(await tenant.completed(id)).toMatchObject({ total_files: 1, failed_files: 0 });
    expect(await world.said('evt.inference.inference-file-completed.v1', tenant.tenantId)).toHaveLength(1);
    expect(await world.said('evt.inference.inference-job-finished.v1', tenant.tenantId)).toHaveLength(1);
    const row = await world.database.query<{ attempt: number }>('SELECT attempt FROM inference_file WHERE id = $1', [fileId]);
    expect(row.rows[0]?.attempt).toBe(2);
  });
});
