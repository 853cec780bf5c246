import { describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { cancelJob, openJob, requireOpen, settleJob, type InferenceJob } from './inference-job.js';

const at = new Date('2026-11-20T10:00:00Z');
const later = new Date('2026-11-20T10:05:00Z');
const job: InferenceJob = openJob(
  {
    id: exampleIds.inferenceJobId,
    tenantId: exampleIds.tenantId,
    modelId: exampleIds.modelId,
    sourceJobId: null,
    config: { thresholds: { glitch: 0.5 }, mergeWindowMs: 200, minDurationMs: 50 },
    onnx: { key: 'k', sha256: exampleIds.sha256, sizeBytes: 1 },
  },
  at,
).next;
/** Settles a job that changes by it. */
function settled(...args: Parameters<typeof settleJob>) {
  const transition = settleJob(...args);
  if (transition === null) throw new Error('Nothing changed.');
  return transition;
}

const totals = (totalFiles: number, processedFiles: number, failedFiles: number) => ({
  totalFiles,
  processedFiles,
  failedFiles,
  totalDetections: 3,
});

describe('a job', () => {
  it('is announced when it is created', () => {
    expect(openJob(job, at).facts.map((fact) => fact.name)).toEqual(['inference.inference-job-created']);
  });

  it('is processing while a confirmed file is not done', () => {
    const { next, facts } = settled(job, totals(2, 1, 0), later);
    expect(next).toMatchObject({ status: 'processing', startedAt: later, completedAt: null, version: 2 });
    expect(facts).toEqual([]);
  });

  it.each([
    [totals(2, 2, 1), 'completed'],
    [totals(2, 2, 2), 'failed'],
  ])('with %j is %s', (sums, status) => {
    const { next, facts } = settled(job, sums, later);
    expect(next).toMatchObject({ status, completedAt: later });
    expect(facts[0]?.payload).toMatchObject({ status, totalDetections: 3 });
  });

  it('that was completed opens again when a file is added', () => {
    const done = settled(job, totals(1, 1, 0), later).next;
    expect(settled(done, totals(2, 1, 0), later).next).toMatchObject({ status: 'processing', completedAt: null });
  });

  it('says that it ended once, however often it is settled', () => {
    const done = settled(job, totals(1, 1, 0), later).next;
    expect(settleJob(done, totals(1, 1, 0), later)).toBeNull();
    expect(settled(done, totals(2, 2, 0), later).facts).toHaveLength(1);
  });

  it('is cancelled once, and not when it is finished', () => {
    const cancelled = cancelJob(job, later);
    expect(cancelled?.next).toMatchObject({ status: 'cancelled', completedAt: later });
    if (cancelled === null) return;
    expect(cancelJob(cancelled.next, later)).toBeNull();
    expect(settled(cancelled.next, totals(1, 1, 0), later).next.status).toBe('cancelled');
    expect(() => requireOpen(cancelled.next)).toThrow(expect.objectContaining({ code: 'inference_job_finished' }));
    const done = settled(job, totals(1, 1, 0), later).next;
    expect(() => cancelJob(done, later)).toThrow(expect.objectContaining({ code: 'inference_job_finished' }));
    expect(() => requireOpen(done)).not.toThrow();
  });
});
