import { describe, expect, it } from '@jest/globals';
import { checkAudio, checkInterval, checkTypes, refuseErrors, type Mark } from './annotation.js';
import type { AudioFile } from './audio-file.js';

const file = (audioFileId: string, durationMs: number | null): AudioFile => ({
  audioFileId,
  originalFilename: `${audioFileId}.wav`,
  ...{ contentType: 'audio/wav', sizeBytes: 1000, status: 'ready', errorCode: null, errorMessage: null, sha256: null },
  ...{ durationMs, sampleRateHz: 16_000, channels: 1, warnings: [], speaker: null, source: null, script: null },
  createdAt: new Date(0),
});
const mark = (change: Partial<Mark> = {}): Mark => ({
  audioFileId: 'a',
  artifactType: 'glitch',
  startMs: 0,
  endMs: 1000,
  confidence: 1,
  extraData: null,
  ...change,
});
const inBulk = (index: number) => ['body', 'annotations', index];
const files = new Map([file('a', 1000), file('unknown-length', null)].map((known) => [known.audioFileId, known]));

describe('the audio of a mark', () => {
  it('may end exactly with the file, and anywhere in a file of unknown duration', () => {
    expect(checkAudio([mark(), mark({ audioFileId: 'unknown-length', endMs: 9_000_000 })], files, inBulk)).toEqual([]);
  });

  it('is named by index when it ends one millisecond late or is not of the dataset', () => {
    const errors = checkAudio([mark(), mark({ endMs: 1001 }), mark({ audioFileId: 'stranger' })], files, inBulk);
    expect(errors.map(({ loc, type }) => [loc, type])).toEqual([
      [['body', 'annotations', 1, 'end_ms'], 'out_of_range'],
      [['body', 'annotations', 2, 'audio_file_id'], 'unknown_audio_file'],
    ]);
  });
});

describe('the type of a mark', () => {
  it('is compared exactly', () => {
    const errors = checkTypes([mark(), mark({ artifactType: 'Glitch' })], ['glitch'], inBulk);
    expect(errors).toMatchObject([{ loc: ['body', 'annotations', 1, 'artifact_type'], type: 'unknown_artifact_type' }]);
  });
});

describe('the interval of a changed mark', () => {
  it('is half-open and not empty', () => {
    expect(checkInterval(mark({ startMs: 999 }))).toEqual([]);
    expect(checkInterval(mark({ startMs: 1000 }))).toMatchObject([{ loc: ['body', 'end_ms'] }]);
  });
});

describe('a refusal', () => {
  it('carries every error and begins with the first', () => {
    const errors = checkTypes([mark({ artifactType: 'x' }), mark({ artifactType: 'y' })], [], inBulk);
    expect(() => refuseErrors(errors, 2)).toThrow(
      expect.objectContaining({
        code: 'validation_failed',
        errors,
        detail: expect.stringContaining('annotations.0.artifact_type'),
      }),
    );
    expect(() => refuseErrors([], 2)).not.toThrow();
  });
});
