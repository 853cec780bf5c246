import { describe, expect, it } from '@jest/globals';
import { exampleIds, Problem, type DatasetManifest } from '@earmark/contracts';
import { dataHashOf } from './data-hash.js';
import { requireEnough, requireKnownTypes, requireReady, type AudioFile } from './training-data.js';

const { tenantId, datasetId, annotationSetId, sha256 } = exampleIds;
const file = (audioFileId: string, types: readonly string[]) => ({
  ...{ audioFileId, originalFilename: `${audioFileId}.wav`, group: null },
  annotations: types.map((artifactType) => ({ artifactType, startMs: 0, endMs: 10, confidence: 1 })),
});
const manifest: DatasetManifest = {
  ...{ manifestVersion: 1, tenantId, datasetId, annotationSetId, annotationSetVersion: 1, artifactTypes: ['glitch', 'echo'] },
  files: [file('a', ['glitch']), file('b', [])],
};
const ready = (audioFileId: string, durationMs: number): AudioFile => ({ audioFileId, status: 'ready', sha256, durationMs });
const known = (...files: AudioFile[]) => new Map(files.map((one) => [one.audioFileId, one]));
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    return error as Problem;
  }
  throw new Error('nothing was thrown');
};

describe('training data', () => {
  it('is refused when a file is not ready, saying how many and naming each', () => {
    const pending: AudioFile = { audioFileId: 'b', status: 'embedding', sha256: null, durationMs: null };
    const notReady = problemOf(() => requireReady(manifest, known(ready('a', 1), pending)));
    expect(notReady).toMatchObject({ code: 'audio_not_ready', detail: 'Audio files not ready (1 of 2)' });
    expect(notReady.errors).toEqual([{ loc: ['audio', 'b'], msg: 'b.wav is embedding', type: 'audio_not_ready' }]);
    expect(problemOf(() => requireReady(manifest, known(ready('a', 1)))).errors[0]?.msg).toBe('b.wav is not there');
  });

  it('is refused in the order long enough, annotated, with figures that never round up to enough', () => {
    const filesOf = (aMs: number, bMs: number) => requireReady(manifest, known(ready('a', aMs), ready('b', bMs)));
    expect(problemOf(() => requireEnough(filesOf(150_000, 149_999), ['echo']))).toMatchObject({
      code: 'not_enough_audio',
      detail: 'Not enough audio data (4.9 of 5 minutes)',
    });
    expect(problemOf(() => requireEnough(filesOf(192_000, 0), ['echo'])).detail).toContain('3.2 of 5 minutes');
    expect(problemOf(() => requireEnough(filesOf(150_000, 150_000), ['glitch', 'echo']))).toMatchObject({
      code: 'no_annotations_for_type',
      detail: "No annotations for artifact type 'echo'",
    });
    requireEnough(filesOf(150_000, 150_000), ['glitch']);
  });

  it('knows the types of the dataset only', () => {
    const problem = problemOf(() => requireKnownTypes(['glitch', 'hum'], ['glitch']));
    expect(problem).toMatchObject({ code: 'validation_failed', errors: [{ loc: ['body', 'config', 'artifact_types', 1] }] });
  });

  it('has a hash that changes with the manifest, the content and nothing else', () => {
    const files = [{ audioFileId: 'a', sha256: 'x' }];
    const hash = dataHashOf('m', files);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(dataHashOf('m', [{ ...files[0]!, ...{ durationMs: 5 } }])).toBe(hash);
    expect(dataHashOf('n', files)).not.toBe(hash);
    expect(dataHashOf('m', [{ audioFileId: 'a', sha256: 'y' }])).not.toBe(hash);
  });
});
