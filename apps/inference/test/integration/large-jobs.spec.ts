import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningService } from '@earmark/service-runtime';
import { eventually } from '@earmark/testkit';
import { clientOf, problemOf } from '../support/client-of.js';
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

type Tenant = ReturnType<typeof clientOf>;

/** Completed files as a worker leaves them, each with so many detections. */
async function insertFiles({ tenantId }: Tenant, jobId: string, files: number, detectionCount: number): Promise<void> {
  await world.database.query(
    `INSERT INTO inference_file (id, tenant_id, job_id, audio_file_id, original_filename, s3_key, status, detections, detection_count,
       scores_key, sha256, duration_ms, version, created_at)
     SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), n || '.wav', 'k', 'completed',
       (SELECT coalesce(jsonb_agg(jsonb_build_object('artifactType', 'glitch', 'startMs', i, 'endMs', i + 1, 'confidence', 0.5) ORDER BY i),
          '[]') FROM generate_series(0, $4::int - 1) i),
       $4::int, 'nowhere', repeat('0', 64), 1000, 2, now() + n * interval '1 ms' FROM generate_series(1, $3::int) n`,
    [tenantId, jobId, files, detectionCount],
  );
  await world.database.query(
    `UPDATE inference_job SET status = 'completed', total_files = $2, processed_files = $2, total_detections = $2::int * $3::int,
       completed_at = now() WHERE id = $1`,
    [jobId, files, detectionCount],
  );
}

describe('a file with more detections than a message should carry', () => {
  it('carries the first ones and says how many there are; the list of them reaches all, by page and by cursor', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    await insertFiles(tenant, id, 1, 12_345);
    const [file] = (await tenant.read(id)).files;
    expect(file?.detection_count).toBe(12_345);
    expect(file?.detections?.map(({ start_ms: start }) => start)).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
    const fileId = file?.id ?? '';
    const pageNine = await tenant.detections(id, fileId, { page: 9 });
    expect(pageNine).toMatchObject({ total: 12_345, page: 9, page_size: 1000 });
    expect(pageNine.items[0]).toMatchObject({ start_ms: 8_000, artifact_type: 'glitch', model_id: tenant.model.modelId });
    const starts: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await tenant.detections(id, fileId, cursor === undefined ? {} : { cursor });
      starts.push(...page.items.map(({ start_ms: start }) => start));
      cursor = page.next_cursor;
    }
    expect(starts).toEqual(Array.from({ length: 12_345 }, (_, i) => i));
    expect((await tenant.detections(id, fileId, { page: 14 })).items).toEqual([]);
  });
});

describe('a job with many files', () => {
  it('is read in parts that fit in messages, which together are everything in order', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    await insertFiles(tenant, id, 300, 200);
    const first = await tenant.files(id);
    expect(first.items.length).toBeLessThan(300);
    expect(first.total).toBe(300);
    const names = first.items.map((file) => file.original_filename);
    for (let cursor = first.next_cursor; cursor !== null;) {
      const page = await tenant.files(id, { cursor });
      expect(page.items.every((file) => file.detections?.length === 200)).toBe(true);
      names.push(...page.items.map((file) => file.original_filename));
      cursor = page.next_cursor;
    }
    expect(names).toEqual(Array.from({ length: 300 }, (_, i) => `${i + 1}.wav`));
  });

  it('gets other thresholds block by block; scores that are gone fail a file with a typed error', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    await insertFiles(tenant, id, 1_003, 0);
    const again = await tenant.rethreshold(id, { threshold: 0.5 });
    expect(again).toMatchObject({ total_files: 1_003, status: 'processing' });
    const { rows } = await world.database.query<{ n: number }>(
      'SELECT count(DISTINCT audio_file_id)::int AS n FROM inference_file WHERE job_id = $1',
      [again.id],
    );
    expect(rows[0]?.n).toBe(1_003);
    const failed = await eventually(
      async () => {
        const page = await tenant.files(again.id, { status: 'failed', page_size: 1 });
        expect(page.items).toHaveLength(1);
        return page.items[0];
      },
      { timeoutMs: 30_000 },
    );
    expect(failed?.error_code).toBe('scores_deleted');
    // The other thousand would only keep the specs behind this one waiting.
    await tenant.cancel(again.id);
    const counted = await world.database.query(
      `SELECT j.total_files = count(f.*) AND j.processed_files = count(*) FILTER (WHERE f.status IN ('completed', 'failed'))
         AND j.failed_files = count(*) FILTER (WHERE f.status = 'failed') AS right
       FROM inference_job j JOIN inference_file f ON f.job_id = j.id WHERE j.id = $1 GROUP BY j.id`,
      [again.id],
    );
    expect(counted.rows).toEqual([{ right: true }]);
  }, 60_000);
});

describe('a purged job', () => {
  const rowsOf = async (jobId: string): Promise<number> =>
    (
      await world.database.query(
        'SELECT 1 FROM inference_file WHERE job_id = $1 UNION ALL SELECT 1 FROM inference_job WHERE id = $1',
        [jobId],
      )
    ).rowCount ?? 0;

  it('goes with its scores and the audio uploaded for it; dataset audio and the neighbour stay', async () => {
    const [tenant, neighbour] = [clientOf(world), clientOf(world)];
    const [job, kept] = [await tenant.create(), await neighbour.create()];
    const { audioFileId } = await tenant.add(job.id);
    await neighbour.add(kept.id);
    const ofDataset = world.ingest.datasetAudio(tenant.tenantId);
    await tenant.addAudio(job.id, [ofDataset]);
    await world.publish(world.ingest.becomesFailed(ofDataset));
    await Promise.all([tenant.completed(job.id), neighbour.completed(kept.id)]);
    expect(await problemOf(tenant.delete(job.id))).toMatchObject({ code: 'inference_job_finished' });
    expect(await problemOf(neighbour.delete(job.id, true))).toMatchObject({ code: 'inference_job_not_found' });
    expect(await tenant.delete(job.id, true)).toBeNull();
    expect(await problemOf(tenant.read(job.id))).toMatchObject({ code: 'inference_job_not_found' });
    expect(await problemOf(tenant.delete(job.id, true))).toMatchObject({ code: 'inference_job_not_found' });
    expect((await tenant.list()).total).toBe(0);
    await eventually(async () => expect(await rowsOf(job.id)).toBe(0), { timeoutMs: 20_000 });
    expect(await world.keys(`${tenant.tenantId}/inference/`)).toEqual([]);
    expect(world.ingest.released.get(tenant.tenantId)).toEqual([audioFileId]);
    expect(await neighbour.read(kept.id)).toMatchObject({ status: 'completed', total_files: 1 });
    expect(await world.keys(`${neighbour.tenantId}/inference/`)).toHaveLength(1);
    expect(world.ingest.released.has(neighbour.tenantId)).toBe(false);
  }, 60_000);

  it('that runs is cancelled first, and that is announced', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    const { fileId } = await tenant.reserve(id);
    await tenant.confirm(id, fileId);
    expect(await tenant.delete(id, true)).toBeNull();
    expect(await world.said('evt.inference.inference-job-finished.v1', tenant.tenantId)).toEqual([
      expect.objectContaining({ inferenceJobId: id, status: 'cancelled' }),
    ]);
    await eventually(async () => expect(await rowsOf(id)).toBe(0), { timeoutMs: 20_000 });
  });

  it('leaves audio that another job uses until that one goes too', async () => {
    const tenant = clientOf(world);
    const { id } = await tenant.create();
    const { audioFileId } = await tenant.add(id);
    await tenant.completed(id);
    const again = await tenant.rethreshold(id, { threshold: 0.9 });
    await tenant.completed(again.id);
    await tenant.delete(id, true);
    await eventually(async () => expect(await rowsOf(id)).toBe(0), { timeoutMs: 20_000 });
    expect(world.ingest.released.has(tenant.tenantId)).toBe(false);
    expect(await tenant.read(again.id)).toMatchObject({ status: 'completed' });
    await tenant.delete(again.id, true);
    await eventually(async () => expect(world.ingest.released.get(tenant.tenantId)).toEqual([audioFileId]), {
      timeoutMs: 20_000,
    });
  }, 60_000);

  it('is not found by an id of nobody', async () => {
    expect(await problemOf(clientOf(world).delete(randomUUID(), true))).toMatchObject({ code: 'inference_job_not_found' });
  });
});
