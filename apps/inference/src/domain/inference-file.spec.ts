import { describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { maxDetectionsPerFile } from '@earmark/contracts/inference/routes';
import { completeFile, followAudio, queueFile, reserveFile, startFile, type AudioOutcome } from './inference-file.js';

const at = new Date('2026-11-20T10:00:00Z');
const ready: AudioOutcome = { kind: 'ready', sha256: exampleIds.sha256, durationMs: 4000 };
const failed: AudioOutcome = { kind: 'failed', code: 'empty', message: 'The file holds no audio samples.' };
const { tenantId, inferenceJobId: jobId, inferenceFileId: id, audioFileId, modelId } = exampleIds;
const reserved = reserveFile(
  { id, tenantId, jobId, audioFileId, ownsAudio: true, originalFilename: 'one.wav', s3Key: 'key' },
  at,
).next;
const names = (said: { facts: readonly { name: string }[] }) => said.facts.map((fact) => fact.name);

describe('a file', () => {
  it.each([
    ['waits for its audio', { kind: 'waiting' } as const, 'queued', ['inference.detect-file']],
    ['goes to a worker when its audio is ready', ready, 'queued', ['inference.detect-file']],
    ['fails when its audio failed', failed, 'failed', ['inference.inference-file-failed']],
  ])('that is confirmed %s, in one step', (_name, audio, status, facts) => {
    const queued = queueFile(reserved, modelId, audio, at);
    expect(queued.next).toMatchObject({ status, version: 2 });
    expect(names(queued)).toEqual(facts);
  });

  it('that is only reserved remembers its audio and asks for nothing', () => {
    const told = followAudio(reserved, modelId, ready, at);
    expect(told.next).toMatchObject({ status: 'pending', sha256: exampleIds.sha256 });
    expect(told.facts).toEqual([]);
    expect(followAudio(reserved, modelId, failed, at).next).toBe(reserved);
  });

  it('that knows its audio is not disturbed by hearing of it again, unless it is gone', () => {
    const queued = queueFile(reserved, modelId, ready, at).next;
    for (const file of [queued, startFile(queued).next]) {
      expect(followAudio(file, modelId, ready, at)).toEqual({ next: file, facts: [] });
      expect(followAudio(file, modelId, failed, at).next.status).toBe('failed');
    }
  });

  it('that is done takes no notice any more', () => {
    const done = { ...startFile(reserved).next, status: 'completed' } as const;
    expect(followAudio(done, modelId, failed, at).next).toBe(done);
  });
});

describe('a file with very many detections', () => {
  const found = (count: number) => ({
    scoresKey: 'scores',
    detections: Array.from({ length: count }, (_, index) => ({
      artifactType: 'glitch',
      startMs: index,
      endMs: index + 1,
      confidence: 1,
    })),
  });

  it('is completed up to the limit, and refused beyond it with both figures', () => {
    const started = startFile(reserved).next;
    expect(completeFile(started, modelId, found(maxDetectionsPerFile), at).next.detectionCount).toBe(maxDetectionsPerFile);
    expect(() => completeFile(started, modelId, found(maxDetectionsPerFile + 1), at)).toThrow(
      expect.objectContaining({ code: 'too_many_detections', detail: expect.stringMatching(/50,001 .* 50,000/) }),
    );
  });
});
