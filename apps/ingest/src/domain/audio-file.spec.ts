import { describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import {
  changeLabels,
  confirmAudio,
  deleteAudio,
  isSameUpload,
  markFailed,
  markReady,
  moveUpload,
  reserveAudio,
  startNormalizing,
} from './audio-file.js';

const at = new Date('2026-11-20T10:00:00Z');
const reserved = reserveAudio(
  {
    id: exampleIds.audioFileId,
    tenantId: exampleIds.tenantId,
    reference: { kind: 'dataset', id: exampleIds.datasetId },
    uploadId: exampleIds.audioFileId,
    originalFilename: 'call.wav',
    contentType: 'audio/wav',
    sizeBytes: 1000,
    declaredSha256: null,
    speaker: null,
    source: null,
    script: null,
  },
  at,
).next;
const facts = { container: 'wav' as const, durationMs: 4000, sampleRateHz: 24_000, channels: 2, warnings: [] };

describe('an audio file', () => {
  it('is confirmed once, with its processing asked for', () => {
    const confirmed = confirmAudio(reserved, 1000, at);
    expect(confirmed?.next).toMatchObject({ status: 'pending', confirmedAt: at, version: 2 });
    expect(confirmed?.facts.map((fact) => fact.name)).toEqual(['ingest.audio-confirmed', 'ingest.process-audio']);
    expect(confirmed && confirmAudio(confirmed.next, 1000, at)).toBeNull();
  });

  it.each([null, 0, 999, 1001])('is not confirmed with %s bytes in storage', (bytes) => {
    expect(() => confirmAudio(reserved, bytes, at)).toThrow(expect.objectContaining({ code: 'audio_not_uploaded' }));
  });

  it('becomes ready with facts and announces them', () => {
    const { next, facts: said } = markReady(startNormalizing(reserved, exampleIds.sha256).next, facts, ['silent'], at);
    expect(next).toMatchObject({
      status: 'ready',
      sha256: exampleIds.sha256,
      durationMs: 4000,
      channels: 2,
      warnings: ['silent'],
    });
    expect(said[0]?.payload).toMatchObject({
      audioFileId: reserved.id,
      sha256: exampleIds.sha256,
      durationMs: 4000,
      warnings: ['silent'],
    });
  });

  it('fails with a code and a sentence', () => {
    const { next, facts: said } = markFailed(reserved, 'empty', 'The file holds no audio samples.', at);
    expect(next).toMatchObject({ status: 'failed', errorCode: 'empty', finishedAt: at });
    expect(said[0]?.name).toBe('ingest.audio-failed');
  });

  it('that was never confirmed is deleted silently', () => {
    expect(deleteAudio(reserved, at).facts).toEqual([]);
    expect(deleteAudio({ ...reserved, confirmedAt: at }, at).facts.map((fact) => fact.name)).toEqual(['ingest.audio-deleted']);
  });

  it('of a detection job is announced without a dataset', () => {
    const file = { ...reserved, reference: { kind: 'inference', id: null } };
    expect(confirmAudio(file, 1000, at)?.facts[0]?.payload).toMatchObject({ purpose: 'inference', datasetId: null });
  });

  it('is the same upload whatever place it was put to, and another when its bytes are', () => {
    expect(isSameUpload(reserved, { ...reserved, uploadId: exampleIds.modelId })).toBe(true);
    expect(isSameUpload(reserved, { ...reserved, declaredSha256: exampleIds.sha256 })).toBe(false);
  });

  it('may be uploaded to another place until it is confirmed', () => {
    expect(moveUpload(reserved, exampleIds.modelId)?.next).toMatchObject({ uploadId: exampleIds.modelId, version: 2 });
    expect(moveUpload({ ...reserved, confirmedAt: at }, exampleIds.modelId)).toBeNull();
  });

  it('keeps the labels that are not named, and loses those that are null', () => {
    const named = { ...reserved, speaker: 'Ada', source: 'studio' };
    expect(changeLabels(named, { source: null })?.next).toMatchObject({ speaker: 'Ada', source: null });
    expect(changeLabels(named, { speaker: 'Ada' })).toBeNull();
  });
});
