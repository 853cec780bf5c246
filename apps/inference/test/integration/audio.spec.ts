import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { blobKeys } from '@earmark/blob-store';
import { createInferenceUpload } from '@earmark/contracts/inference/routes';
import type { RunningService } from '@earmark/service-runtime';
import { eventually } from '@earmark/testkit';
import { clientOf, problemOf } from '../support/client-of.js';
import { audioWithBursts } from '../support/detector.js';
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

/** Long before the sweep, which would hide that a message was not sent. */
const SOON_MS = 15_000;

const samples = audioWithBursts(5_000, 1);
let tenant: ReturnType<typeof clientOf>;
let jobId: string;
beforeEach(async () => {
  tenant = clientOf(world);
  jobId = (await tenant.create()).id;
});

/** Waits until a column of a file says that the news has arrived. */
const heard = (fileId: string, condition: string) =>
  eventually(async () => {
    const { rowCount } = await world.database.query(`SELECT 1 FROM inference_file WHERE id = $1 AND ${condition}`, [fileId]);
    expect(rowCount).toBe(1);
  });

/** Publishes an announcement and waits until inference has heard it, whatever it does about it. */
async function announced(message: Parameters<InferenceWorld['publish']>[0]): Promise<void> {
  const count = async () => (await world.database.query('SELECT 1 FROM inbox')).rowCount ?? 0;
  const before = await count();
  await world.publish(message);
  await eventually(async () => expect(await count()).toBeGreaterThan(before));
}

describe('audio of an upload', () => {
  it('that is ready before its file is confirmed is searched at confirmation', async () => {
    const { fileId, audioFileId } = await tenant.reserve(jobId);
    await announced(await world.ingest.becomesReady(audioFileId, samples));
    await heard(fileId, 'sha256 IS NOT NULL');
    expect(await tenant.read(jobId)).toMatchObject({ status: 'pending', total_files: 0 });
    await tenant.confirm(jobId, fileId);
    await tenant.completed(jobId, SOON_MS);
  });

  it('that becomes ready while its confirmation is answered is searched', async () => {
    const { fileId, audioFileId } = await tenant.reserve(jobId);
    world.ingest.beforeConfirmed = async (id) => announced(await world.ingest.becomesReady(id, samples));
    await tenant.confirm(jobId, fileId);
    world.ingest.beforeConfirmed = () => Promise.resolve();
    expect(audioFileId).not.toBe(fileId);
    await tenant.completed(jobId, SOON_MS);
  });

  it('that fails before or after its confirmation fails its file, with the reason', async () => {
    const [early, late] = [await tenant.reserve(jobId), await tenant.reserve(jobId)];
    world.ingest.beforeConfirmed = (id) => announced(world.ingest.becomesFailed(id, 'truncated'));
    await tenant.confirm(jobId, early.fileId);
    world.ingest.beforeConfirmed = () => Promise.resolve();
    await tenant.confirm(jobId, late.fileId);
    await world.publish(world.ingest.becomesFailed(late.audioFileId));
    const job = await tenant.reached(jobId, ['failed'], SOON_MS);
    expect(job).toMatchObject({ failed_files: 2, error_message: expect.any(String) });
    expect(job.files.map((file) => file.error_code)).toEqual(['truncated', 'undecodable']);
    expect(await world.said('evt.inference.inference-file-failed.v1', tenant.tenantId)).toHaveLength(2);
  });

  it('that was not uploaded is refused at confirmation, and can be confirmed later, twice', async () => {
    const { body } = await world.client.call(createInferenceUpload, {
      context: tenant.context,
      params: { inference_job_id: jobId },
      body: { filename: 'a.wav', file_size_bytes: 10, content_type: 'audio/wav' },
    });
    expect(await problemOf(tenant.confirm(jobId, body.file_id))).toMatchObject({ code: 'audio_not_uploaded' });
    world.ingest.uploaded(body.s3_key.split('/').at(-1) ?? '');
    await Promise.all([tenant.confirm(jobId, body.file_id), tenant.confirm(jobId, body.file_id)]);
    expect(await tenant.read(jobId)).toMatchObject({ status: 'processing', total_files: 1 });
  });

  it('whose announcement was lost is asked for', async () => {
    const { fileId, audioFileId } = await tenant.reserve(jobId);
    await world.ingest.becomesReady(audioFileId, samples);
    await tenant.confirm(jobId, fileId);
    await tenant.completed(jobId, SOON_MS);
  });
});

describe('audio of a dataset', () => {
  it('is searched without an upload, at once or when it is ready', async () => {
    const [ready, waiting] = [world.ingest.datasetAudio(tenant.tenantId), world.ingest.datasetAudio(tenant.tenantId)];
    await world.ingest.becomesReady(ready, samples);
    const items = await tenant.addAudio(jobId, [ready, waiting]);
    expect(items.map((file) => file.original_filename)).toEqual(['dataset.wav', 'dataset.wav']);
    await eventually(async () => expect((await tenant.read(jobId)).processed_files).toBe(1), { timeoutMs: 20_000 });
    await world.publish(await world.ingest.becomesReady(waiting, samples));
    expect(await tenant.completed(jobId, SOON_MS)).toMatchObject({ total_files: 2 });
  });

  it('that becomes ready between the question and the answer is searched', async () => {
    const audioFileId = world.ingest.datasetAudio(tenant.tenantId);
    world.ingest.beforeFound = async () => {
      world.ingest.beforeFound = () => Promise.resolve();
      await announced(await world.ingest.becomesReady(audioFileId, samples));
    };
    await tenant.addAudio(jobId, [audioFileId]);
    await tenant.completed(jobId, SOON_MS);
  });

  it('that is deleted or gone fails its file', async () => {
    const [deleted, gone] = [world.ingest.datasetAudio(tenant.tenantId), world.ingest.datasetAudio(tenant.tenantId)];
    await tenant.addAudio(jobId, [deleted]);
    await world.publish(world.ingest.becomesDeleted(deleted));
    await tenant.reached(jobId, ['failed'], SOON_MS);
    await world.ingest.becomesReady(gone, audioWithBursts(5_000, 77));
    await world.blobs.removePrefix(`${tenant.tenantId}/`);
    await tenant.addAudio(jobId, [gone]);
    const job = await eventually(async () => {
      const seen = await tenant.read(jobId);
      expect(seen.failed_files).toBe(2);
      return seen;
    });
    expect(job.files.map((file) => file.error_code)).toEqual(['audio_deleted', 'audio_file_not_found']);
  });

  it('of a model whose file is gone fails with a sentence', async () => {
    const broken = { key: blobKeys.original(tenant.tenantId, 'a'.repeat(64)), sha256: 'a'.repeat(64), sizeBytes: 4 };
    Object.assign(tenant.model, { onnx: broken });
    const { id } = await tenant.create();
    await tenant.add(id, samples);
    expect((await tenant.reached(id, ['failed'])).files[0]).toMatchObject({ error_code: 'model_archived' });
  });

  it('that nobody searches costs one look', async () => {
    const before = world.ingest.asked;
    for (let i = 0; i < 5; i++)
      await announced(await world.ingest.becomesReady(world.ingest.datasetAudio(tenant.tenantId), samples));
    expect(world.ingest.asked).toBe(before);
    expect((await tenant.read(jobId)).total_files).toBe(0);
  });
});
