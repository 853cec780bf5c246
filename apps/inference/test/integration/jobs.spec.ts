import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { detectFile } from '@earmark/contracts/inference/jobs';
import * as routes from '@earmark/contracts/inference/routes';
import type { RunningService } from '@earmark/service-runtime';
import { eventually } from '@earmark/testkit';
import { clientOf, problemOf } from '../support/client-of.js';
import { audioWithBursts, burstsOf, repeated } from '../support/detector.js';
import { buildWorld, startInference, type InferenceWorld } from '../support/inference-world.js';

let world: InferenceWorld;
let inference: RunningService;
beforeAll(async () => {
  world = await buildWorld();
  inference = await startInference(world);
});
afterAll(async () => {
  await inference?.stop();
  await world?.stop();
});

const finishes = (tenantId: string) => world.said('evt.inference.inference-job-finished.v1', tenantId);

describe('a job', () => {
  it('goes from nothing to detections, with thresholds resolved, and says so once', async () => {
    const tenant = clientOf(world);
    const job = await tenant.create();
    expect(job).toMatchObject({
      ...{ model_id: tenant.model.modelId, source_job_id: null, status: 'pending', total_files: 0, started_at: null },
      config: { thresholds: { glitch: 0.5 }, merge_window_ms: 200, min_duration_ms: 50 },
    });
    const { fileId } = await tenant.add(job.id, audioWithBursts(30_000, 9));
    const done = await tenant.completed(job.id);
    expect(done).toMatchObject({ total_files: 1, processed_files: 1, failed_files: 0, files_next_cursor: null });
    const file = await tenant.file(job.id, fileId);
    expect(done.files).toEqual([file]);
    expect(file).toMatchObject({ status: 'completed', duration_ms: 30_000, detection_count: done.total_detections });
    const found = file.detections ?? [];
    for (const startMs of burstsOf(30_000)) {
      expect(found).toContainEqual(expect.objectContaining({ artifact_type: 'glitch', model_id: tenant.model.modelId }));
      expect(found.some(({ start_ms, end_ms }) => start_ms < startMs + 200 && end_ms > startMs)).toBe(true);
    }
    expect(await finishes(tenant.tenantId)).toEqual([
      expect.objectContaining({ inferenceJobId: job.id, status: 'completed', totalDetections: done.total_detections }),
    ]);
    expect(await world.said('evt.inference.inference-file-completed.v1', tenant.tenantId)).toHaveLength(1);
    expect((await tenant.download(job.id, fileId)).download_url).toContain('http');
  });

  it('takes a model by its alias, and explicit thresholds literally', async () => {
    const tenant = clientOf(world);
    const job = await tenant.create({ threshold: 0.25, merge_window_ms: 0 }, 'best');
    expect(job).toMatchObject({
      model_id: tenant.model.modelId,
      config: { thresholds: { glitch: 0.25 }, merge_window_ms: 0, min_duration_ms: 50 },
    });
    const unknown = await problemOf(tenant.create({ thresholds: { pause: 0.5 } }));
    expect(unknown).toMatchObject({ code: 'validation_failed' });
    expect(unknown.errors[0]?.loc).toEqual(['body', 'config', 'thresholds', 'pause']);
  });

  it('is refused for models that cannot be used', async () => {
    const tenant = clientOf(world);
    tenant.model.isActive = false;
    expect(await problemOf(tenant.create())).toMatchObject({ code: 'model_inactive' });
    tenant.model.isArchived = true;
    expect(await problemOf(tenant.create())).toMatchObject({ code: 'model_archived' });
    expect(await problemOf(tenant.create({}, randomUUID()))).toMatchObject({ code: 'model_not_found' });
  });

  it('that is completed opens again when a file is added', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    await tenant.add(id);
    await tenant.completed(id);
    const { fileId, audioFileId } = await tenant.reserve(id);
    expect((await tenant.read(id)).status).toBe('completed');
    await tenant.confirm(id, fileId);
    expect(await tenant.read(id)).toMatchObject({ status: 'processing', completed_at: null, total_files: 2 });
    await world.publish(await world.ingest.becomesReady(audioFileId, audioWithBursts(5_000, 3)));
    expect(await tenant.completed(id)).toMatchObject({ total_files: 2, processed_files: 2 });
    expect(await finishes(tenant.tenantId)).toHaveLength(2);
  });

  it('is cancelled: what is not done ends, what was found stays, and it takes no more files', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    const { fileId } = await tenant.add(id);
    await tenant.completed(id);
    expect(await problemOf(tenant.cancel(id))).toMatchObject({ code: 'inference_job_finished' });
    const waiting = await tenant.reserve(id);
    const unconfirmed = await tenant.reserve(id);
    await tenant.confirm(id, waiting.fileId);
    const cancelled = await tenant.cancel(id);
    expect(cancelled).toMatchObject({ status: 'cancelled', total_files: 2, processed_files: 2, failed_files: 1 });
    expect(await tenant.cancel(id)).toEqual(cancelled);
    expect(await tenant.file(id, waiting.fileId)).toMatchObject({ status: 'failed', error_code: 'cancelled' });
    expect((await tenant.file(id, fileId)).status).toBe('completed');
    for (const call of [
      () => tenant.reserve(id),
      () => tenant.confirm(id, unconfirmed.fileId),
      () => tenant.addAudio(id, [world.ingest.datasetAudio(tenant.tenantId)]),
    ])
      expect(await problemOf(call())).toMatchObject({ code: 'inference_job_finished' });
    // News of the audio comes too late.
    await world.publish(await world.ingest.becomesReady(waiting.audioFileId, audioWithBursts(5_000, 3)));
    await world.publish(await world.ingest.becomesReady(unconfirmed.audioFileId, audioWithBursts(5_000, 4)));
    const heard = 'SELECT 1 FROM inference_file WHERE id = $1 AND sha256 IS NOT NULL';
    await eventually(async () => expect((await world.database.query(heard, [unconfirmed.fileId])).rowCount).toBe(1));
    expect(await tenant.read(id)).toMatchObject({ status: 'cancelled', failed_files: 1 });
    expect((await finishes(tenant.tenantId)).map(({ status }) => status)).toEqual(['completed', 'cancelled']);
  });

  it('that is cancelled in the middle of a file gives its worker free', async () => {
    const [tenant, other] = [clientOf(world), clientOf(world)];
    const { id } = await tenant.create();
    const { fileId } = await tenant.add(id, repeated(audioWithBursts(10_000, 5), 60));
    await eventually(async () => expect((await tenant.file(id, fileId)).status).toBe('processing'));
    await tenant.cancel(id);
    const { id: next } = await other.create();
    await other.add(next);
    await other.completed(next);
    await eventually(async () => expect(await world.keys(`${tenant.tenantId}/inference/`)).toEqual([]));
    expect(await tenant.file(id, fileId)).toMatchObject({ status: 'failed', error_code: 'cancelled', detections: null });
    expect(await world.said('evt.inference.inference-file-completed.v1', tenant.tenantId)).toEqual([]);
  });

  it('is worked on once, however often it is asked for', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    const { fileId, audioFileId } = await tenant.reserve(id);
    await tenant.confirm(id, fileId);
    const ready = await world.ingest.becomesReady(audioFileId, audioWithBursts(20_000, 6));
    const request = detectFile.request({ tenantId: tenant.tenantId, inferenceFileId: fileId });
    for (const message of [ready, request, request, ready, request]) await world.publish(message);
    await tenant.completed(id);
    await world.publish(request);
    // The queue is worked off in order: once a later file is done, so are the duplicates.
    await tenant.add(id);
    await eventually(async () => expect((await tenant.read(id)).processed_files).toBe(2), { timeoutMs: 20_000 });
    expect(await world.said('evt.inference.inference-file-completed.v1', tenant.tenantId)).toHaveLength(2);
    const row = await world.database.query<{ attempt: number }>('SELECT attempt FROM inference_file WHERE id = $1', [fileId]);
    expect(row.rows[0]?.attempt).toBe(1);
  });
});

describe('other thresholds', () => {
  it('applied to stored scores give exactly what a fresh run gives', async () => {
    const tenant = clientOf(world);
    const samples = audioWithBursts(40_000, 8, 0.5);
    const source = await tenant.create();
    expect(await problemOf(tenant.rethreshold(source.id, {}))).toMatchObject({ code: 'conflict' });
    await tenant.add(source.id, samples);
    await tenant.completed(source.id);
    const config = { threshold: 0.05, merge_window_ms: 10, min_duration_ms: 10 };
    const fresh = await tenant.create(config);
    await tenant.add(fresh.id, samples);
    const again = await tenant.rethreshold(source.id, config);
    expect(again).toMatchObject({ source_job_id: source.id, status: 'processing', total_files: 1 });
    const [first, second] = [await tenant.completed(fresh.id), await tenant.completed(again.id)];
    expect(first.files[0]?.detections).not.toEqual((await tenant.read(source.id)).files[0]?.detections);
    expect(second.files[0]?.detections).toEqual(first.files[0]?.detections);
    const scores = await world.keys(`${tenant.tenantId}/inference/`);
    expect(scores).toHaveLength(2); // those of the source and of the fresh run
    const third = await tenant.rethreshold(again.id, { threshold: 0.5 });
    expect((await tenant.completed(third.id)).files[0]?.detections).toEqual((await tenant.read(source.id)).files[0]?.detections);
  });
});

describe('lists', () => {
  it('of jobs and files come in pages and by cursor', async () => {
    const tenant = clientOf(world);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await tenant.create()).id);
    expect((await tenant.list({ page_size: 2, page: 2 })).items.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const first = await tenant.list({ page_size: 3 });
    const rest = await tenant.list({ page_size: 3, cursor: first.next_cursor });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual([...ids].reverse());
    expect(rest.next_cursor).toBeNull();
    expect((await tenant.list({ status: 'completed' })).total).toBe(0);
    expect((await tenant.list({ model_id: tenant.model.modelId })).total).toBe(5);
    const id = ids[0] ?? '';
    const files = [];
    for (let i = 0; i < 3; i++) files.push((await tenant.reserve(id, `${i}.wav`)).fileId);
    const page = await tenant.files(id, { page_size: 2 });
    expect(page).toMatchObject({ total: 3, page_size: 2 });
    const next = await tenant.files(id, { page_size: 2, cursor: page.next_cursor });
    expect([...page.items, ...next.items].map((file) => file.id)).toEqual(files);
    expect((await tenant.files(id, { status: 'queued' })).total).toBe(0);
  });

  it('show as many files as fit into one message, and where the rest is', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    const many = JSON.stringify(
      Array.from({ length: 10_000 }, (_, i) => ({ artifactType: 'glitch', startMs: i, endMs: i + 1, confidence: 0.5 })),
    );
    await world.database.query(
      `INSERT INTO inference_file (id, tenant_id, job_id, audio_file_id, original_filename, s3_key, status, detections,
         detection_count, version, created_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), n || '.wav', 'k', 'completed', $3::jsonb, 10000, 2,
         now() + n * interval '1 ms' FROM generate_series(1, 9) n`,
      [tenant.tenantId, id, many],
    );
    const detail = await tenant.read(id);
    const names = detail.files.map((file) => file.original_filename);
    expect(names.length).toBeLessThan(9);
    for (let cursor = detail.files_next_cursor; cursor !== null;) {
      const page = await tenant.files(id, { cursor });
      names.push(...page.items.map((file) => file.original_filename));
      cursor = page.next_cursor;
    }
    expect(names).toEqual(Array.from({ length: 9 }, (_, i) => `${i + 1}.wav`));
  });
});

describe('a neighbour', () => {
  it('who knows the ids finds nothing', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const { id } = await tenant.create();
    const { fileId, audioFileId } = await tenant.add(id);
    await tenant.completed(id);
    for (const call of [
      () => neighbour.read(id),
      () => neighbour.cancel(id),
      () => neighbour.reserve(id),
      () => neighbour.confirm(id, fileId),
      () => neighbour.addAudio(id, [audioFileId]),
      () => neighbour.files(id),
      () => neighbour.file(id, fileId),
      () => neighbour.download(id, fileId),
      () => neighbour.rethreshold(id, {}),
    ])
      expect(await problemOf(call())).toMatchObject({ code: 'inference_job_not_found' });
    const { id: own } = await neighbour.create();
    expect(await problemOf(neighbour.file(own, fileId))).toMatchObject({ code: 'inference_file_not_found' });
    expect(await problemOf(neighbour.addAudio(own, [audioFileId]))).toMatchObject({ code: 'audio_file_not_found' });
    expect(await problemOf(neighbour.create({}, tenant.model.modelId))).toMatchObject({ code: 'model_not_found' });
    expect((await neighbour.list()).items.map((job) => job.id)).toEqual([own]);
  });
});

describe('a deleted organisation', () => {
  it('loses jobs, files and scores, its neighbour none', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const jobs = [(await tenant.create()).id, (await neighbour.create()).id] as const;
    await tenant.add(jobs[0]);
    await neighbour.add(jobs[1]);
    await tenant.completed(jobs[0]);
    await neighbour.completed(jobs[1]);
    await world.publish(organisationDeleted.fact({ tenantId: tenant.tenantId }));
    await eventually(async () =>
      expect(await problemOf(tenant.read(jobs[0]))).toMatchObject({ code: 'inference_job_not_found' }),
    );
    await eventually(async () => expect(await world.keys(`${tenant.tenantId}/inference/`)).toEqual([]));
    expect((await neighbour.read(jobs[1])).status).toBe('completed');
    expect(await world.keys(`${neighbour.tenantId}/inference/`)).toHaveLength(1);
    expect((await world.client.call(routes.listInferenceJobs, { context: tenant.context, query: {} })).body.total).toBe(0);
  });
});
