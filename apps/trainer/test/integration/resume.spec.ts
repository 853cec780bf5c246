import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { trainModel } from '@earmark/contracts/trainer/jobs';
import { eventually } from '@earmark/testkit';
import { storeCorpus, type Corpus } from '../support/corpus.js';
import {
  asOwner,
  buildWorld,
  end,
  isAlive,
  learningProcesses,
  spawnTrainer,
  type SpawnedTrainer,
  type TrainerWorld,
} from '../support/trainer-world.js';

const EPOCHS = 3;
/** Three trainings one after the other. */
const LONG_MS = 180_000;

let world: TrainerWorld;
let trainer: SpawnedTrainer;
let corpus: Corpus;
beforeAll(async () => {
  world = await buildWorld({ leaseMs: 3_000 });
  [trainer, corpus] = await Promise.all([spawnTrainer(world), storeCorpus(world.blobs)]);
  world.standIns.know(corpus);
});
afterAll(async () => {
  if (trainer) await end(trainer, 'SIGKILL');
  await world?.stop();
});

function registrationOf(id: string) {
  return world.standIns.registrations.filter(({ trainingJobId }) => trainingJobId === id);
}

async function completed(id: string) {
  const job = await eventually(
    async () => {
      const { status, epochs, ...rest } = await asOwner(world, corpus).read(id);
      if (['pending', 'queued', 'training'].includes(status)) throw new Error(`still ${status}, ${epochs.length} epochs`);
      return { status, epochs, ...rest };
    },
    { timeoutMs: 50_000, everyMs: 100 },
  );
  expect(job).toMatchObject({ status: 'completed', error_message: null });
  return job;
}

describe('a trainer that is killed', () => {
  it(
    'in the middle of an epoch is followed by one that goes on, to the very same model',
    async () => {
      const owner = asOwner(world, corpus);
      const config = { epochs: EPOCHS, early_stopping: false, seed: 7 };
      const undisturbed = await owner.create(config);
      await completed(undisturbed.id);

      const disturbed = await owner.create(config);
      await eventually(
        async () => {
          const { epochs } = await owner.read(disturbed.id);
          expect(epochs.length).toBeGreaterThanOrEqual(1);
        },
        { timeoutMs: 40_000 },
      );
      const orphans = await learningProcesses(trainer.process.pid);
      await end(trainer, 'SIGKILL');
      const atDeath = await world.database.query('SELECT checkpoint_epoch, status FROM training_job WHERE id = $1', [
        disturbed.id,
      ]);
      trainer = await spawnTrainer(world);
      // What the sweep does when the queue has forgotten the message; it spares the spec the acknowledgement wait of 30 s.
      await world.publish(trainModel.request({ tenantId: corpus.tenantId, trainingJobId: disturbed.id }, 'cpu'));
      const job = await completed(disturbed.id);

      expect(trainer.log()).toContain('a training goes on');
      expect(trainer.log()).not.toContain('starts over');
      expect(orphans).toHaveLength(1);
      for (const pid of orphans) await eventually(async () => !(await isAlive(pid)));
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
    },
    LONG_MS,
  );

  it(
    'while it registers is followed by one that registers again, and the model is one',
    async () => {
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
      await end(trainer, 'SIGKILL');
      world.standIns.beforeRegistering = () => Promise.resolve();
      trainer = await spawnTrainer(world);
      await world.publish(trainModel.request({ tenantId: corpus.tenantId, trainingJobId: id }, 'cpu'));
      const job = await completed(id);
      expect(job).toMatchObject({ attempt: 2, model_id: expect.any(String) });
      expect(registrationOf(id)).toHaveLength(1);
    },
    LONG_MS,
  );

  it(
    'or told to stop gives its training back at once',
    async () => {
      const owner = asOwner(world, corpus);
      const { id } = await owner.create({ epochs: 3 });
      await eventually(async () => (await owner.read(id)).epochs.length > 0, { timeoutMs: 30_000 });
      await end(trainer, 'SIGTERM');
      const { rows } = await world.database.query('SELECT status, lease_owner FROM training_job WHERE id = $1', [id]);
      expect(rows).toEqual([{ status: 'training', lease_owner: null }]);
      trainer = await spawnTrainer(world);
      expect(await completed(id)).toMatchObject({ attempt: 2 });
      expect(trainer.log()).toContain('a training goes on');
    },
    LONG_MS,
  );
});
