import { describe, expect, it } from '@jest/globals';
import { exampleIds, Problem } from '@earmark/contracts';
import {
  beginJob,
  cancelJob,
  completeJob,
  createTrainingJob,
  deleteJob,
  failJob,
  queueJob,
  registerJob,
  workMessage,
  type TrainingJob,
  type TrainingOutcome,
} from './training-job.js';
import { resolveSettings } from './training-settings.js';

const at = new Date('2026-11-20T10:00:00Z');
const later = new Date('2026-11-20T11:00:00Z');
const settings = resolveSettings(
  {
    ...{ artifactTypes: ['glitch'], epochs: 2, validationSplit: 0.2, learningRate: 0.001, batchSize: 8, seed: 1 },
    ...{ chunkSizeMs: 500, strideMs: 250, device: 'auto', augment: true, earlyStopping: true },
  },
  150,
);
const { tenantId, datasetId, annotationSetId, trainingJobId, modelId, sha256 } = exampleIds;
const dataManifest = { key: 'k', sha256, sizeBytes: 1 };
const parts = { tenantId, datasetId, annotationSetId, annotationSetVersion: 1, dataManifest, settings };
const created = createTrainingJob(parts, { id: trainingJobId, at });
const queued = queueJob(created.next, at);
const training = beginJob(queued.next, { device: 'cpu', threads: 2 }, at);
const registering = registerJob(training.next, { metrics: { f1_score: 0.5 } } as unknown as TrainingOutcome, at);
const completed = completeJob(registering.next, modelId, later);
const failed = failJob(training.next, { code: 'training_failed', message: 'No.' }, later);
const names = ({ facts }: { facts: readonly { subject: string }[] }): string[] => facts.map(({ subject }) => subject);
const codeOf = (job: TrainingJob): string | null => {
  try {
    cancelJob(job, later);
    return null;
  } catch (error) {
    return (error as Problem).code;
  }
};

describe('a training job', () => {
  it('is announced when it is created, and asks for a worker of its lane when it is queued', () => {
    expect(names(created)).toEqual(['evt.trainer.training-job-created.v1']);
    expect(names(queued)).toEqual(['job.trainer.train-model.v1.cpu']);
    expect(names(queueJob({ ...created.next, settings: { ...settings, device: 'cuda' } }, at))).toEqual([
      'job.trainer.train-model.v1.gpu',
    ]);
    expect(workMessage(registering.next).subject).toBe('job.trainer.train-model.v1.cpu');
  });

  it('keeps the time of its first start and counts versions', () => {
    const again = beginJob(training.next, { device: 'cpu', threads: 2 }, later);
    expect(again.next).toMatchObject({ startedAt: at, updatedAt: later, version: 4, status: 'training' });
    expect(completed.next).toMatchObject({ status: 'completed', progressPercent: 100, modelId, completedAt: later });
    expect(completed.facts[0]?.payload).toMatchObject({ modelId, f1Score: 0.5 });
  });

  it('can be cancelled until it registers, and once more after that', () => {
    for (const job of [created.next, queued.next, training.next]) {
      expect(cancelJob(job, later)?.next).toMatchObject({ status: 'cancelled', completedAt: later });
    }
    expect(codeOf(registering.next)).toBe('training_job_registering');
    for (const job of [completed.next, failed.next]) expect(codeOf(job)).toBe('training_job_finished');
    const cancelled = cancelJob(training.next, later);
    expect(cancelJob(cancelled!.next, later)).toBeNull();
  });

  it('is buried with its organisation, and only told about when that ended it', () => {
    expect(deleteJob(completed.next, later)).toMatchObject({ next: { status: 'completed', deletedAt: later }, facts: [] });
    expect(names(deleteJob(training.next, later))).toEqual(['evt.trainer.training-job-cancelled.v1']);
  });
});

describe('settings', () => {
  it('come in whole frames', () => {
    const odd = resolveSettings({ ...settings, chunkSizeMs: 333, strideMs: 14 }, 1);
    expect([odd.chunkSizeMs, odd.strideMs]).toEqual([330, 10]);
    expect(resolveSettings({ ...settings, chunkSizeMs: 100, strideMs: 100 }, 1)).toMatchObject({
      chunkSizeMs: 100,
      strideMs: 100,
    });
  });
});
