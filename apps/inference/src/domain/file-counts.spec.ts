import { describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { totalsAfter } from './file-counts.js';
import { completeFile, failFile, queueFile, reserveFile, startFile, type InferenceFile } from './inference-file.js';

const at = new Date('2026-11-20T10:00:00Z');
const { tenantId, inferenceJobId: jobId, inferenceFileId: id, audioFileId, modelId } = exampleIds;
const named = { id, tenantId, jobId, audioFileId, ownsAudio: true, originalFilename: 'one.wav', s3Key: 'key' };
const reserved = reserveFile(named, at).next;
const queued = queueFile(reserved, modelId, { kind: 'waiting' }, at).next;
const started = startFile(queued).next;
const detection = { artifactType: 'glitch', startMs: 0, endMs: 10, confidence: 1 };
const completed = completeFile(started, modelId, { scoresKey: 's', detections: [detection, detection] }, at).next;
const failed = failFile(started, modelId, 'crashed', 'The detector died.', at).next;

const empty = { totalFiles: 0, processedFiles: 0, failedFiles: 0, totalDetections: 0 };
const after = (before: InferenceFile | null, file: InferenceFile, totals = empty) =>
  totalsAfter(totals, [{ before, after: file }]);

describe('the totals of a job', () => {
  it('count a file from its confirmation on', () => {
    expect(after(null, reserved)).toEqual(empty);
    expect(after(reserved, queued)).toEqual({ ...empty, totalFiles: 1 });
    expect(after(null, queued)).toEqual({ ...empty, totalFiles: 1 });
  });

  it('change with the end of a file and not with its beginning', () => {
    const one = { ...empty, totalFiles: 1 };
    expect(after(queued, started, one)).toEqual(one);
    expect(after(started, completed, one)).toEqual({ totalFiles: 1, processedFiles: 1, failedFiles: 0, totalDetections: 2 });
    expect(after(started, failed, one)).toEqual({ totalFiles: 1, processedFiles: 1, failedFiles: 1, totalDetections: 0 });
  });

  it('are the same step by step as counted at the end', () => {
    const steps: [InferenceFile | null, InferenceFile][] = [
      [null, reserved],
      [reserved, queued],
      [queued, started],
      [started, completed],
    ];
    const stepped = steps.reduce((totals, [before, file]) => after(before, file, totals), empty);
    expect(stepped).toEqual(after(null, completed));
  });
});
