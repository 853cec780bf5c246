import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trainModel } from '@earmark/contracts/trainer/jobs';
import { eventually } from '@earmark/testkit';
import { storeCorpus, type Corpus } from '../support/corpus.js';
import { asOwner, buildWorld, killHard, spawnTrainer, type TrainerWorld } from '../support/trainer-world.js';

const EPOCHS = 5;

let world: TrainerWorld;
let trainer: ChildProcess;
let corpus: Corpus;
beforeAll(async () => {
  world = await buildWorld();
  [trainer, corpus] = await Promise.all([spawnTrainer(world), storeCorpus(world.blobs)]);
  world.standIns.know(corpus);
});
afterAll(async () => {
  if (trainer) await killHard(trainer);
  await world?.stop();
});

function registrationOf(id: string) {
  return world.standIns.registrations.filter(({ trainingJobId }) => trainingJobId === id);
}

async function completed(id: string) {
  return eventually(
    async () => {
      const job = await asOwner(world, corpus).read(id);
      if (job.status !== 'completed') throw new Error(`still ${job.status}, ${job.epochs.length} epochs, ${job.error_message}`);
      return job;
    },
    { timeoutMs: 50_000, everyMs: 100 },
  );
}

describe('a trainer that is killed', () => {
  it('in the middle of an epoch is followed by one that goes on, to the very same model', async () => {
    const owner = asOwner(world, corpus);
    const config = { epochs: EPOCHS, early_stopping: false, seed: 7 };
    const undisturbed = await owner.create(config);
    await completed(undisturbed.id);

    const disturbed = await owner.create(config);
    await eventually(
      async () => {
        const { epochs } = await owner.read(disturbed.id);
        expect(epochs.length).toBeGreaterThanOrEqual(2);
      },
      { timeoutMs: 40_000 },
    );
    await killHard(trainer);
    const atDeath = await world.database.query('SELECT checkpoint_epoch, status FROM training_job WHERE id = $1', [disturbed.id]);
    trainer = await spawnTrainer(world);
    // What the sweep does when the queue has forgotten the message; it spares the spec the acknowledgement wait of 30 s.
    await world.publish(trainModel.request({ tenantId: corpus.tenantId, trainingJobId: disturbed.id }, 'cpu'));
    const job = await completed(disturbed.id);

    expect(atDeath.rows).toEqual([{ checkpoint_epoch: expect.any(Number), status: 'training' }]);
    expect(atDeath.rows[0]).not.toMatchObject({ checkpoint_epoch: EPOCHS });
    expect(job.attempt).toBe(2);
    expect(job.epochs).toEqual((await owner.read(undisturbed.id)).epochs);
    const [first] = registrationOf(undisturbed.id);
    const [second, ...more] = registrationOf(disturbed.id);
    expect(more).toEqual([]);
    expect(second!.artifacts.onnx.sha256).toBe(first!.artifacts.onnx.sha256);
    expect(second!.artifacts.onnx.key).not.toBe(first!.artifacts.onnx.key);
    expect(second!.evalMetrics).toEqual(first!.evalMetrics);
  });

  it('while it registers is followed by one that registers again, and the model is one', async () => {
    const owner = asOwner(world, corpus);
    world.standIns.beforeRegistering = () => new Promise(() => undefined); // the registry never answers the first time
    const { id } = await owner.create({ epochs: 1 });
    await eventually(
      async () => {
        const { rows } = await world.database.query('SELECT status FROM training_job WHERE id = $1', [id]);
        expect(rows).toEqual([{ status: 'registering' }]);
      },
      { timeoutMs: 30_000 },
    );
    await killHard(trainer);
    world.standIns.beforeRegistering = () => Promise.resolve();
    trainer = await spawnTrainer(world);
    await world.publish(trainModel.request({ tenantId: corpus.tenantId, trainingJobId: id }, 'cpu'));
    const job = await completed(id);
    expect(job).toMatchObject({ attempt: 2, model_id: expect.any(String) });
    expect(registrationOf(id)).toHaveLength(1);
  });
});
