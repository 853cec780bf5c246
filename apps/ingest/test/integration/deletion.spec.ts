import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKeys } from '@earmark/blob-store';
import { datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { inferenceJobFinished } from '@earmark/contracts/inference/events';
import * as rpcs from '@earmark/contracts/ingest/rpcs';
import { OUTBOX, UNIT_OF_WORK, type RunningService } from '@earmark/service-runtime';
import { eventually } from '@earmark/testkit';
import { BlobAudioObjects } from '../../src/outbound/blob-audio-objects.js';
import { PrismaAudioFileStore } from '../../src/outbound/prisma-audio-file.js';
import { CollectGarbage } from '../../src/use-cases/collect-garbage.js';
import { RemoveOrphanUploads } from '../../src/use-cases/remove-orphan-uploads.js';
import { clientOf, problemOf, sha256Of, wavOf } from '../support/client-of.js';
import { buildWorld, startIngest, type IngestWorld } from '../support/ingest-world.js';

let world: IngestWorld;
let ingest: RunningService;
beforeAll(async () => {
  world = await buildWorld(); // with a grace period of 0 ms
  ingest = await startIngest(world);
});
afterAll(async () => {
  await ingest?.stop();
  await world?.stop();
});

const collect = () => ingest.app.get(CollectGarbage).execute();
const rowsOf = async (tenantId: string) => {
  const count = async (table: string) =>
    (await world.database.query(`SELECT 1 FROM ${table} WHERE tenant_id = $1`, [tenantId])).rowCount;
  return { files: await count('audio_file'), contents: await count('audio_content') };
};

/** Files of a dataset that are not deleted. */
const rowsLeft = async (tenantId: string, datasetId: string) => {
  const text = 'SELECT 1 FROM audio_file WHERE tenant_id = $1 AND dataset_id = $2 AND deleted_at IS NULL';
  return (await world.database.query(text, [tenantId, datasetId])).rowCount;
};

describe('a deleted file', () => {
  it('is gone at once, and a second time there is none', async () => {
    const tenant = clientOf(world);
    const [id, kept] = [
      await tenant.upload(wavOf({ durationMs: 500, seed: 1 })),
      await tenant.upload(wavOf({ durationMs: 500, seed: 2 })),
    ];
    await tenant.ready(id);
    await tenant.remove(id);
    expect(await problemOf(tenant.read(id))).toMatchObject({ code: 'audio_file_not_found' });
    expect(await problemOf(tenant.remove(id))).toMatchObject({ code: 'audio_file_not_found' });
    expect((await tenant.list()).items.map((file) => file.id)).toEqual([kept]);
    expect(await world.said('evt.ingest.audio-deleted.v1', tenant.tenantId)).toEqual([
      { tenantId: tenant.tenantId, audioFileId: id, purpose: 'dataset', datasetId: tenant.datasetId },
    ]);
  });

  it('is refused while somebody has pinned it, naming who', async () => {
    const tenant = clientOf(world);
    const id = await tenant.upload(wavOf({ durationMs: 500, seed: 3 }));
    const [set, job] = [
      { kind: 'annotation-set', id: randomUUID() },
      { kind: 'inference-job', id: randomUUID() },
    ];
    for (const holder of [set, set, job]) expect((await tenant.pin([id, randomUUID()], holder)).files).toHaveLength(1);
    expect(await problemOf(tenant.remove(id))).toMatchObject({
      code: 'audio_in_use',
      detail: expect.stringContaining(`annotation-set ${set.id}, inference-job ${job.id}`),
    });
    await tenant.unpin(set);
    expect(await problemOf(tenant.remove(id))).toMatchObject({ detail: expect.not.stringContaining(set.id) });
    await world.publish(
      inferenceJobFinished.fact({ ...inferenceJobFinished.example, tenantId: tenant.tenantId, inferenceJobId: job.id }),
    );
    await eventually(() => tenant.remove(id));
  });

  it('is refused for another claim of the holder, and is free after an attempt gave back its own', async () => {
    const tenant = clientOf(world);
    const id = await tenant.upload(wavOf({ durationMs: 500, seed: 31 }));
    const set = { kind: 'annotation-set', id: randomUUID() };
    const [failed, other] = [randomUUID(), randomUUID()];
    await tenant.pin([id], set, failed);
    await tenant.pin([id], set, other);
    await tenant.unpin(set, failed);
    expect(await problemOf(tenant.remove(id))).toMatchObject({ code: 'audio_in_use' });
    await tenant.unpin(set, other);
    await tenant.remove(id);
  });

  it('is never both pinned and deleted, however the two race', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 32 });
    for (let round = 0; round < 20; round++) {
      const id = await tenant.upload(bytes);
      const holder = { kind: 'annotation-set', id: randomUUID() };
      const removed = tenant.remove(id).then(
        () => true,
        () => false,
      );
      const [{ files }, isRemoved] = await Promise.all([tenant.pin([id], holder), removed]);
      expect(isRemoved).toBe(files.length === 0);
    }
  });

  it('stops being processed without a trace of failure', async () => {
    const tenant = clientOf(world);
    const id = await tenant.upload(wavOf({ durationMs: 60_000, seed: 4 }));
    await tenant.reached(id, ['normalizing', 'embedding']);
    await tenant.remove(id);
    const held = 'SELECT 1 FROM audio_file WHERE id = $1 AND lease_expires_at > now()';
    await eventually(async () => expect((await world.database.query(held, [id])).rowCount).toBe(0), { timeoutMs: 20_000 });
    await collect();
    expect(await rowsOf(tenant.tenantId)).toEqual({ files: 0, contents: 0 });
    expect(await world.keys(`${tenant.tenantId}/`)).toEqual([]);
    for (const event of ['audio-ready', 'audio-failed'])
      expect(await world.said(`evt.ingest.${event}.v1`, tenant.tenantId)).toEqual([]);
  });
});

describe('the collector', () => {
  it('removes the content of deleted files, and none that somebody uses', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const [bytes, other] = [wavOf({ durationMs: 500, seed: 5 }), wavOf({ durationMs: 500, seed: 6 })];
    const [first, twin] = [await tenant.upload(bytes), await tenant.upload(bytes, { datasetId: tenant.dataset() })];
    const single = await tenant.upload(other);
    const theirs = await neighbour.upload(bytes);
    await eventually(async () => expect(await rowsOf(tenant.tenantId)).toEqual({ files: 3, contents: 2 }));
    for (const id of [first, single]) await tenant.ready(id);
    await neighbour.ready(theirs);
    await eventually(async () => expect(await world.said('evt.ingest.audio-ready.v1', tenant.tenantId)).toHaveLength(3));
    await tenant.remove(first);
    await tenant.remove(single);
    await collect();
    expect(await rowsOf(tenant.tenantId)).toEqual({ files: 1, contents: 1 });
    expect(await world.keys(blobKeys.contentPrefix(tenant.tenantId, sha256Of(bytes)))).toHaveLength(4);
    expect(await world.keys(blobKeys.contentPrefix(tenant.tenantId, sha256Of(other)))).toEqual([]);
    const { downloadUrl } = await world.client.ask(rpcs.presignDownload, { tenantId: tenant.tenantId, audioFileId: twin });
    expect(Buffer.from(await (await fetch(downloadUrl)).arrayBuffer())).toEqual(bytes);
    expect(await world.keys(`${neighbour.tenantId}/`)).toHaveLength(4);
    expect(await neighbour.download(theirs)).toEqual(bytes);
  });

  it('leaves a file that is uploaded again, before, while and after it works', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 7 });
    for (let round = 0; round < 4; round++) {
      const old = await tenant.upload(bytes);
      await tenant.ready(old);
      await tenant.remove(old);
      const again = tenant.upload(bytes);
      while ((await tenant.list({ status: 'ready' })).total === 0) await collect();
      const id = await again;
      await tenant.ready(id);
      await collect();
      expect(await tenant.download(id)).toEqual(bytes);
      expect(await world.keys(blobKeys.contentPrefix(tenant.tenantId, sha256Of(bytes)))).toHaveLength(4);
      await tenant.remove(id);
      await collect();
      expect(await world.keys(`${tenant.tenantId}/`)).toEqual([]);
    }
  });

  it('leaves content alone that a worker is just taking into use', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 8 });
    const old = await tenant.upload(bytes);
    await tenant.ready(old);
    await tenant.remove(old);
    const reservation = await tenant.reserve(bytes);
    // A worker in the middle of adopting: it holds the content, the collector comes, then the reference is committed.
    await world.database.query('BEGIN');
    await world.database.query('UPDATE audio_content SET updated_at = now() WHERE tenant_id = $1', [tenant.tenantId]);
    const collecting = collect();
    await world.database.query('UPDATE audio_file SET sha256 = $2, confirmed_at = now() WHERE id = $1', [
      reservation.audio_id,
      sha256Of(bytes),
    ]);
    await world.database.query('COMMIT');
    await collecting;
    await collect();
    expect(await world.keys(blobKeys.contentPrefix(tenant.tenantId, sha256Of(bytes)))).toHaveLength(4);
  });

  it('removes reservations of yesterday with their uploads, and neither younger ones nor confirmed ones', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 9 });
    const [old, young] = [await tenant.reserve(bytes), await tenant.reserve(bytes)];
    await tenant.put(old, bytes);
    await tenant.put(young, bytes);
    const confirmed = await tenant.upload(bytes);
    await world.database.query(`UPDATE audio_file SET created_at = now() - interval '25 hours' WHERE id = ANY($1)`, [
      [old.audio_id, confirmed],
    ]);
    await tenant.ready(confirmed);
    await collect();
    expect(await world.keys(`${tenant.tenantId}/uploads/`)).toEqual([young.audio_id]);
    expect(await problemOf(tenant.confirm(old.audio_id))).toMatchObject({ code: 'audio_file_not_found' });
    await tenant.confirm(young.audio_id);
    await tenant.ready(young.audio_id);
  });
});

describe('a deleted dataset', () => {
  it('takes its files with it, many at once, and leaves all others', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const bytes = wavOf({ durationMs: 500, seed: 10 });
    const id = await tenant.upload(bytes);
    const elsewhere = tenant.dataset();
    const kept = await tenant.upload(bytes, { datasetId: elsewhere });
    const theirs = await neighbour.upload(bytes);
    await tenant.ready(id);
    const reserved = await tenant.reserve(bytes);
    await tenant.pin([id], { kind: 'annotation-set', id: randomUUID() });
    await world.database.query(
      `INSERT INTO audio_file (id, tenant_id, purpose, dataset_id, original_filename, content_type, size_bytes, status, version,
         created_at, confirmed_at)
       SELECT gen_random_uuid(), $1, 'dataset', $2, 'n', 'audio/wav', 1, 'ready', 1, now(), now() FROM generate_series(1, 1200)`,
      [tenant.tenantId, tenant.datasetId],
    );
    await world.publish(datasetDeleted.fact({ tenantId: tenant.tenantId, datasetId: tenant.datasetId }));
    await eventually(async () => expect((await tenant.list()).total).toBe(0));
    expect(await world.said('evt.ingest.audio-deleted.v1', tenant.tenantId)).toHaveLength(1201);
    await eventually(async () => expect(await rowsLeft(tenant.tenantId, tenant.datasetId)).toBe(0));
    expect(await problemOf(tenant.confirm(reserved.audio_id))).toMatchObject({ code: 'audio_file_not_found' });
    expect(await problemOf(tenant.reserve(bytes))).toMatchObject({ code: 'reference_released' });
    await tenant.ready(kept, elsewhere);
    await neighbour.ready(theirs);
    await collect();
    expect(await rowsOf(tenant.tenantId)).toEqual({ files: 1, contents: 1 });
    expect(await world.keys(blobKeys.contentPrefix(tenant.tenantId, sha256Of(bytes)))).toHaveLength(4);
  });

  it('takes no upload that was reserved meanwhile', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 11 });
    const ticket = await tenant.reserve(bytes);
    await tenant.put(ticket, bytes);
    // The release was written, and its files are still to be deleted.
    const text = `INSERT INTO released_reference (tenant_id, kind, id, emptied_at) VALUES ($1, 'dataset', $2, now())`;
    await world.database.query(text, [tenant.tenantId, tenant.datasetId]);
    expect(await problemOf(tenant.confirm(ticket.audio_id))).toMatchObject({ code: 'reference_released' });
  });
});

describe('a deleted organisation', () => {
  it('loses everything, also what belongs to inference jobs, and its neighbour nothing', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const bytes = wavOf({ durationMs: 500, seed: 12 });
    const ids = [await tenant.upload(bytes), await neighbour.upload(bytes)] as const;
    const reference = { kind: 'inference', id: null };
    const ticket = await tenant.reserve(bytes, { reference });
    await tenant.put(ticket, bytes);
    await world.client.ask(rpcs.confirmAudio, { tenantId: tenant.tenantId, reference, audioFileIds: [ticket.audio_id] });
    await tenant.ready(ids[0]);
    await neighbour.ready(ids[1]);
    await eventually(async () => expect(await world.said('evt.ingest.audio-ready.v1', tenant.tenantId)).toHaveLength(2));
    await world.publish(organisationDeleted.fact({ tenantId: tenant.tenantId }));
    await eventually(async () => expect(await world.said('evt.ingest.audio-deleted.v1', tenant.tenantId)).toHaveLength(2));
    await collect();
    expect(await rowsOf(tenant.tenantId)).toEqual({ files: 0, contents: 0 });
    expect(await world.keys(`${tenant.tenantId}/`)).toEqual([]);
    expect(await neighbour.download(ids[1])).toEqual(bytes);
  });
});

describe('an upload that no file names', () => {
  it('is removed once it is a day old, and no other', async () => {
    const tenant = clientOf(world);
    const bytes = wavOf({ durationMs: 500, seed: 13 });
    const known = await tenant.reserve(bytes);
    await tenant.put(known, bytes);
    const orphan = randomUUID();
    await world.blobs.put(blobKeys.upload(tenant.tenantId, orphan), bytes, { contentType: 'audio/wav' });
    const files = new PrismaAudioFileStore({ uow: ingest.app.get(UNIT_OF_WORK), outbox: ingest.app.get(OUTBOX) });
    const objects = new BlobAudioObjects({ blobs: world.blobs, workDir: '' });
    const at = (ms: number) => new RemoveOrphanUploads({ files, objects, clock: { now: () => new Date(Date.now() + ms) } });
    await at(0).execute();
    expect(await world.keys(`${tenant.tenantId}/uploads/`)).toHaveLength(2);
    await at(25 * 3_600_000).execute();
    expect(await world.keys(`${tenant.tenantId}/uploads/`)).toEqual([known.audio_id]);
  });
});
