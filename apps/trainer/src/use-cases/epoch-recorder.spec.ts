import { describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import type { CheckpointRef, TrainingJob } from '../domain/training-job.js';
import type { Checkpoints, Epoch, TrainingJobStore } from '../ports.js';
import { EpochRecorder } from './epoch-recorder.js';

const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const epoch = (number: number): Epoch => ({ epoch: number, trainLoss: 1, valLoss: null, valF1: null });
const bytes = new Uint8Array();

function world(checkpoint: CheckpointRef | null = null) {
  const stored = new Set<string>(checkpoint ? [checkpoint.key] : []);
  const recorded: { epochs: readonly Epoch[]; checkpoint: CheckpointRef | null }[] = [];
  const faults: (Error | null)[] = [];
  const checkpoints = {
    save: (_job: TrainingJob, number: number, lease: number): Promise<CheckpointRef> => {
      const fault = faults.shift();
      if (fault) return Promise.reject(fault);
      stored.add(`${number}-${lease}`);
      return Promise.resolve({ key: `${number}-${lease}`, epoch: number });
    },
    remove: ({ key }: CheckpointRef) => Promise.resolve(void stored.delete(key)),
  } as unknown as Checkpoints;
  const jobs = {
    recordEpochs: (_id: string, _fence: object, epochs: readonly Epoch[], reached: CheckpointRef | null) =>
      Promise.resolve(void recorded.push({ epochs: [...epochs], checkpoint: reached })),
  } as unknown as TrainingJobStore;
  const recorder = new EpochRecorder({ jobs, checkpoints, logger }, { id: 'j', checkpoint } as TrainingJob, {
    owner: 'w',
    epoch: 2,
  });
  return { recorder, stored, recorded, faults };
}

describe('epochs', () => {
  it('leave one checkpoint, the newest', async () => {
    const { recorder, stored, recorded } = world({ key: '1-1', epoch: 1 });
    await recorder.record(epoch(2), bytes);
    await recorder.record(epoch(3), bytes);
    expect([...stored]).toEqual(['3-2']);
    expect(recorded.map(({ epochs, checkpoint }) => [epochs.length, checkpoint?.key])).toEqual([
      [1, '2-2'],
      [1, '3-2'],
    ]);
  });

  it('that could not be stored because of an outage go along with the next', async () => {
    const { recorder, stored, recorded, faults } = world();
    faults.push(new Problem('service_unavailable', 'Storage is away.'));
    await recorder.record(epoch(1), bytes);
    expect(recorded).toEqual([]);
    await recorder.record(epoch(2), bytes);
    expect(recorded[0]?.epochs.map((one) => one.epoch)).toEqual([1, 2]);
    expect([...stored]).toEqual(['2-2']);
  });

  it('of a lost lease end the training', async () => {
    const { recorder, faults } = world();
    faults.push(new Problem('lease_lost', 'Someone else has it.'));
    await expect(recorder.record(epoch(1), bytes)).rejects.toMatchObject({ code: 'lease_lost' });
  });
});
