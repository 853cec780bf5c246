import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ModelManifest } from '@earmark/contracts';
import { readDetectorManifest } from '@earmark/learning';
import type { RunningService } from '@earmark/messaging/nest';
import { eventually } from '@earmark/testkit';
import { storeCorpus, type Corpus } from '../support/corpus.js';
import { asOwner, buildWorld, startTrainer, type TrainerWorld } from '../support/trainer-world.js';

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

const ended = (owner: ReturnType<typeof asOwner>, id: string) =>
  eventually(
    async () => {
      const job = await owner.read(id);
      if (['pending', 'queued', 'training'].includes(job.status)) throw new Error(`still ${job.status} ${job.progress_percent}`);
      return job;
    },
    { timeoutMs: 55_000, everyMs: 100 },
  );

describe('a training', () => {
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

    const job = await ended(owner, created.id);
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
});
