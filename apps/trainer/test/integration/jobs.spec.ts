import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelManifest } from '@earmark/contracts';
import { datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { readDetectorManifest } from '@earmark/learning';
import type { RunningService } from '@earmark/service-runtime';
import { eventually } from '@earmark/testkit';
import { FindUnattended } from '../../src/use-cases/find-unattended.js';
import { storeCorpus, type Corpus } from '../support/corpus.js';
import { asOwner, buildWorld, learningProcesses, problemOf, startTrainer, type TrainerWorld } from '../support/trainer-world.js';

let world: TrainerWorld;
let trainer: RunningService;
let corpus: Corpus;
beforeAll(async () => {
  world = await buildWorld();
  [trainer, corpus] = await Promise.all([startTrainer(world), storeCorpus(world.blobs)]);
  world.standIns.know(corpus);
});
afterAll(async () => {
  await trainer?.stop();
  await world?.stop();
});

/** A long training: it will not end by itself within the spec. */
const endless = { epochs: 100, early_stopping: false };

const until = (
  owner: ReturnType<typeof asOwner>,
  id: string,
  reached: (job: Awaited<ReturnType<typeof owner.read>>) => boolean,
) =>
  eventually(
    async () => {
      const job = await owner.read(id);
      if (!reached(job)) throw new Error(`still ${job.status}, ${job.epochs.length} epochs, ${job.error_message}`);
      return job;
    },
    { timeoutMs: 40_000, everyMs: 50 },
  );

describe('POST /training-jobs', () => {
  it('refuses what is missing, in the documented order and words', async () => {
    const owner = asOwner(world, corpus);
    const refused = (config: object = {}) => problemOf(owner.create({ ...config }));
    const [first] = corpus.files;
    world.standIns.drafts.add(corpus.annotationSetId);
    world.standIns.unready.add(first!.audioFileId);
    expect(await refused()).toMatchObject({ code: 'annotation_set_not_published', detail: 'Annotation set must be published' });
    world.standIns.drafts.clear();
    expect(await refused()).toMatchObject({
      code: 'audio_not_ready',
      detail: expect.stringMatching(/^Audio files not ready \(\d+ of \d+\)$/),
    });
    world.standIns.unready.clear();

    const short = world.standIns.know(await storeCorpus(world.blobs, { files: 2, kinds: ['glitch'] }));
    world.standIns.unready.add(short.files[0]!.audioFileId);
    const ofShort = asOwner(world, short);
    expect(await problemOf(ofShort.create())).toMatchObject({ code: 'audio_not_ready' });
    world.standIns.unready.clear();
    expect(await problemOf(ofShort.create())).toMatchObject({
      code: 'not_enough_audio',
      detail: expect.stringMatching(/^Not enough audio data \(\d\.\d of 5 minutes\)$/),
    });

    const oneType = world.standIns.know(await storeCorpus(world.blobs, { kinds: ['glitch'] }));
    expect(await problemOf(asOwner(world, oneType).create())).toMatchObject({
      code: 'no_annotations_for_type',
      detail: expect.stringMatching(/^No annotations for artifact type 'long_pause'/),
    });
    expect(await refused({ artifact_types: ['glitch', 'hum'] })).toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ loc: ['body', 'config', 'artifact_types', 1] })],
    });
    expect(await refused({ epochs: 101 })).toMatchObject({ code: 'validation_failed' });
    expect((await owner.list()).total).toBe(0);
  });

  it('does not see data of a neighbour, nor do neighbours see jobs', async () => {
    const neighbour = asOwner(world, corpus, randomUUID());
    expect(await problemOf(neighbour.create())).toMatchObject({ code: 'dataset_not_found' });
    const owner = asOwner(world, corpus);
    const { id } = await owner.create(endless);
    for (const call of [neighbour.read(id), neighbour.cancel(id)])
      expect(await problemOf(call)).toMatchObject({ code: 'training_job_not_found' });
    expect((await neighbour.list()).items).toEqual([]);
    expect(world.standIns.pins.get(id)).toBe(corpus.annotationSetId);
    await owner.cancel(id);
  });
});

describe('GET /training-jobs', () => {
  it('lists 800 jobs of 50 epochs in parts that fit in a message, whether asked by page or by cursor', async () => {
    const owner = asOwner(world, corpus, randomUUID());
    const settings = { artifactTypes: ['glitch'], epochs: 50, validationSplit: 0.2, learningRate: 0.001, batchSize: 32 };
    const rest = { chunkSizeMs: 500, strideMs: 250, seed: 1, device: 'auto', augment: true, earlyStopping: true };
    await world.database.query(
      `WITH made AS (
         INSERT INTO training_job (id, tenant_id, dataset_id, annotation_set_id, annotation_set_version, manifest_key,
           manifest_sha256, manifest_size_bytes, status, settings, version, created_at, updated_at, completed_at)
         SELECT gen_random_uuid(), $1, $2, $3, 1, 'k', repeat('0', 64), 1, 'cancelled', $4::jsonb, 1,
           now() + n * interval '1 ms', now(), now() FROM generate_series(1, 800) n RETURNING id)
       INSERT INTO training_epoch (job_id, epoch, train_loss, val_loss, val_f1)
       SELECT id, epoch, random(), random(), random() FROM made, generate_series(1, 50) epoch`,
      [owner.context.tenantId, corpus.datasetId, corpus.annotationSetId, JSON.stringify({ ...settings, ...rest })],
    );
    const first = await owner.list();
    expect(first).toMatchObject({ total: 800, page: 1, page_size: 1000 });
    expect(first.items.length).toBeLessThan(800);
    const seen = new Set(first.items.map(({ id }) => id));
    for (let cursor = first.next_cursor; cursor !== null;) {
      const page = await owner.list({ cursor });
      for (const { id, epochs } of page.items) if (epochs.length === 50) seen.add(id);
      cursor = page.next_cursor;
    }
    expect(seen.size).toBe(800);
  }, 60_000);
});

describe('a job', () => {
  it('ends with a registered model, its artefacts, metrics and curves', async () => {
    const owner = asOwner(world, corpus);
    const created = await owner.create({ chunk_size_ms: 503 });
    expect(created).toMatchObject({
      status: 'pending',
      progress_percent: 0,
      metrics: null,
      epochs: [],
      attempt: 0,
      model_id: null,
    });
    expect(created.config).toMatchObject({
      chunk_size_ms: 500,
      stride_ms: 250,
      epochs: 2,
      seed: 1,
      device: 'auto',
      augment: true,
    });

    const job = await until(owner, created.id, ({ status }) => status === 'completed');
    expect(job).toMatchObject({ status: 'completed', progress_percent: 100, device: 'cpu', attempt: 1, error_code: null });
    expect(job.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(Object.keys(job.metrics?.per_class ?? {})).toEqual(corpus.artifactTypes);
    expect(job.metrics?.settings.validation_minutes).toBeGreaterThan(0.5);

    const [registration, ...others] = world.standIns.registrations.filter(({ trainingJobId }) => trainingJobId === job.id);
    expect(others).toEqual([]);
    const { onnx, manifest, card } = registration!.artifacts;
    for (const { key, sha256, sizeBytes } of [onnx, manifest, card]) {
      const bytes = await world.blobs.getBytes(key, 1e8);
      expect([createHash('sha256').update(bytes).digest('hex'), bytes.length]).toEqual([sha256, sizeBytes]);
    }
    const model = await world.blobs.getBytes(onnx.key, 1e8);
    const written = ModelManifest.parse(JSON.parse((await world.blobs.getBytes(manifest.key, 1e6)).toString()));
    expect(written).toEqual(registration!.manifest);
    expect(readDetectorManifest(model)).toMatchObject({ artifactTypes: written.artifactTypes, dataHash: written.dataHash });
    expect((await world.blobs.getBytes(card.key, 1e6)).toString()).toMatch(/## Figures.*\| glitch \|/s);
    expect(registration!.lineage).toMatchObject({ data_hash: written.dataHash, threads: 1, epochs: 2 });
    expect(Number(registration!.lineage['parity_max_abs_diff'])).toBeLessThanOrEqual(1e-5);
    expect(await world.said('evt.trainer.training-job-completed.v1')).toContainEqual(
      expect.objectContaining({ trainingJobId: job.id, modelId: job.model_id, tenantId: corpus.tenantId }),
    );
    await eventually(async () => {
      for await (const { key } of world.blobs.list(`${corpus.tenantId}/training/${job.id}/`)) throw new Error(`${key} is left`);
    });
  });

  it('that trains is cancelled at once, its process dies and its checkpoints go', async () => {
    const owner = asOwner(world, corpus);
    // Large batches make epochs so long that no epoch's end can be what ends the process.
    const { id } = await owner.create({ ...endless, batch_size: 256 });
    const training = await until(owner, id, ({ progress_percent: percent }) => percent > 14);
    expect(training).toMatchObject({ status: 'training', attempt: 1, epochs: [] });
    expect((await owner.list({ status: 'training', dataset_id: corpus.datasetId })).items.map((job) => job.id)).toEqual([id]);
    await eventually(async () => expect(await learningProcesses()).toHaveLength(1));

    const cancelled = await owner.cancel(id);
    expect(cancelled).toMatchObject({ status: 'cancelled', completed_at: expect.any(String) });
    await eventually(async () => expect(await learningProcesses()).toEqual([]), { timeoutMs: 3_000 });
    expect(await owner.cancel(id)).toEqual(cancelled);
    await eventually(async () => {
      for await (const { key } of world.blobs.list(`${corpus.tenantId}/training/${id}/`)) throw new Error(`${key} is left`);
    });
    expect((await owner.read(id)).status).toBe('cancelled');
  });

  it('in training is cancelled when its dataset goes, and later ones are never admitted', async () => {
    const doomed = world.standIns.know(await storeCorpus(world.blobs, { tenantId: corpus.tenantId }));
    const owner = asOwner(world, doomed);
    const { id } = await owner.create(endless);
    const waiting = await owner.create(endless); // behind the first one in the lane
    await until(owner, id, ({ status }) => status === 'training');
    world.standIns.deleted.add(doomed.datasetId);
    await world.publish(datasetDeleted.fact({ tenantId: doomed.tenantId, datasetId: doomed.datasetId }));
    for (const job of [id, waiting.id]) await until(owner, job, ({ status }) => status === 'cancelled');
    await eventually(async () => expect(await learningProcesses()).toEqual([]));
    expect(await problemOf(owner.create())).toMatchObject({ code: 'dataset_not_found' });
  });

  it('fails with a sentence when its device or its audio is missing', async () => {
    const owner = asOwner(world, corpus);
    const onGpu = await owner.create({ device: 'tfjs-gpu' });
    const failed = await until(owner, onGpu.id, ({ status }) => status === 'failed');
    expect(failed).toMatchObject({
      error_code: 'device_unavailable',
      attempt: 1,
      error_message: expect.stringContaining('tfjs-gpu'),
    });

    const lost = world.standIns.know(await storeCorpus(world.blobs));
    const [first] = lost.files;
    await world.blobs.removePrefix(`${lost.tenantId}/${first!.sha256}/`);
    const ofLost = asOwner(world, lost);
    const without = await ofLost.create();
    expect(await until(ofLost, without.id, ({ status }) => status === 'failed')).toMatchObject({
      error_code: 'audio_not_ready',
      error_message: expect.stringContaining('not in storage'),
    });
    expect(await problemOf(owner.cancel(failed.id))).toMatchObject({ code: 'training_job_finished' });
  });

  it('whose learning process dies goes on with another one', async () => {
    const owner = asOwner(world, corpus);
    const { id } = await owner.create({ epochs: 3 });
    await until(owner, id, ({ epochs }) => epochs.length > 0);
    for (const pid of await learningProcesses()) process.kill(Number(pid), 'SIGKILL');
    const job = await until(owner, id, ({ status }) => status === 'completed');
    expect(job).toMatchObject({ attempt: 2, error_code: null });
    expect(job.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  it('that registers can no longer be cancelled, and is shown as training', async () => {
    const owner = asOwner(world, corpus);
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    world.standIns.beforeRegistering = () => held;
    const { id } = await owner.create({ epochs: 1 });
    await eventually(
      async () => {
        const { rows } = await world.database.query('SELECT status FROM training_job WHERE id = $1', [id]);
        expect(rows).toEqual([{ status: 'registering' }]);
      },
      { timeoutMs: 30_000 },
    );
    expect((await owner.read(id)).status).toBe('training');
    expect(await problemOf(owner.cancel(id))).toMatchObject({ code: 'training_job_registering' });
    letGo();
    world.standIns.beforeRegistering = () => Promise.resolve();
    const completed = await until(owner, id, ({ status }) => status === 'completed');
    expect(completed.model_id).toEqual(expect.any(String));
  });

  it('that nobody works on is found again, and a leased or fresh one is not', async () => {
    const owner = asOwner(world, corpus);
    const [last] = (await owner.list({ status: 'completed' })).items;
    const set = (columns: string) => world.database.query(`UPDATE training_job SET ${columns} WHERE id = $1`, [last!.id]);
    const unattended = () => trainer.app.get(FindUnattended).execute();
    await set("status = 'training', updated_at = now() - interval '1 minute', lease_expires_at = now() + interval '1 minute'");
    expect(await unattended()).toEqual([]);
    await set('lease_expires_at = now()');
    expect(await unattended()).toEqual([
      expect.objectContaining({
        subject: 'job.trainer.train-model.v1.cpu',
        payload: { tenantId: corpus.tenantId, trainingJobId: last!.id },
      }),
    ]);
    await set('updated_at = now()');
    expect(await unattended()).toEqual([]);
    await set("status = 'completed'");
  });

  it('is listed newest first, by page and by cursor', async () => {
    const owner = asOwner(world, corpus);
    const all = await owner.list();
    expect(all.items.map(({ created_at }) => created_at)).toEqual(
      all.items
        .map(({ created_at }) => created_at)
        .sort()
        .reverse(),
    );
    const head = await owner.list({ page_size: '2' });
    const tail = await owner.list({ page_size: '1000', cursor: head.next_cursor });
    expect([...head.items, ...tail.items].map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
    expect((await owner.list({ page: '2', page_size: '2' })).items[0]?.id).toBe(all.items[2]?.id);
    expect((await owner.list({ dataset_id: randomUUID() })).total).toBe(0);
  });

  it('of a deleted organisation ends and is not found', async () => {
    const gone = world.standIns.know(await storeCorpus(world.blobs));
    const owner = asOwner(world, gone);
    const { id } = await owner.create(endless);
    await until(owner, id, ({ status }) => status === 'training');
    await world.publish(organisationDeleted.fact({ tenantId: gone.tenantId }));
    await eventually(async () => expect(await problemOf(owner.read(id))).toMatchObject({ code: 'training_job_not_found' }));
    await eventually(async () => expect(await learningProcesses()).toEqual([]));
    expect((await asOwner(world, corpus).list()).total).toBeGreaterThan(0);
  });
});
