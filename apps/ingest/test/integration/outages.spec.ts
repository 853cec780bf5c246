import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processAudio } from '@earmark/contracts/ingest/jobs';
import type { ChildProcess } from 'node:child_process';
import { clientOf, problemOf, wavOf } from '../support/client-of.js';
import { buildWorld, killHard, spawnIngest, type IngestWorld } from '../support/ingest-world.js';

let world: IngestWorld;
let ingest: ChildProcess | undefined;
beforeAll(async () => {
  world = await buildWorld({ leaseMs: 3_000 });
  ingest = await spawnIngest(world);
});
afterAll(async () => {
  await killHard(ingest);
  await world?.stop();
});

/** How often work on a file was begun. */
const attemptsOf = async (id: string) =>
  (await world.database.query<{ attempt: number }>('SELECT attempt FROM audio_file WHERE id = $1', [id])).rows[0]?.attempt ?? 0;

describe('ingest that is killed', () => {
  it('in the middle of decoding: another process takes the file over, and it is ready once', async () => {
    const tenant = clientOf(world);
    const id = await tenant.upload(wavOf({ durationMs: 120_000, seed: 1 }));
    await tenant.reached(id, ['normalizing']);
    await killHard(ingest);
    ingest = await spawnIngest(world);
    // What the sweep does when the queue is empty, without waiting for it; and a duplicate.
    const request = processAudio.request({ tenantId: tenant.tenantId, audioFileId: id });
    await world.publish(request);
    await world.publish(request);
    expect(await tenant.ready(id)).toMatchObject({ duration_ms: 120_000 });
    expect(await attemptsOf(id)).toBe(2);
    expect(await world.said('evt.ingest.audio-ready.v1', tenant.tenantId)).toHaveLength(1);
  });
});

describe('object storage that is down', () => {
  it('is a 503 for clients, and work waits for it', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 120_000, seed: 2 });
    const unconfirmed = await tenant.reserve(bytes);
    const id = await tenant.upload(bytes);
    await tenant.reached(id, ['normalizing']);
    await world.servers.s3.kill();
    expect(await problemOf(tenant.confirm(unconfirmed.audio_id))).toMatchObject({ code: 'service_unavailable' });
    expect((await tenant.read(id)).processing_status).toBe('normalizing');
    await world.servers.s3.start();
    await tenant.ready(id);
    expect(await world.said('evt.ingest.audio-ready.v1', tenant.tenantId)).toHaveLength(1);
  });
});
