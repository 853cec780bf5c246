import { describe, expect, it } from '@jest/globals';
import { DatasetManifest, exampleIds, Problem } from '@earmark/contracts';
import { canonicalJson } from '@earmark/service-kit';
import { createDraft } from './annotation-set.js';
import type { AudioFile } from './audio-file.js';
import { freezeManifest, type ManifestSource, type PublishedMark } from './manifest.js';

const { tenantId, datasetId, annotationSetId } = exampleIds;
const set = createDraft({ tenantId, datasetId, version: 2 }, { id: annotationSetId, at: new Date(0) }).next;
const id = (last: number) => `0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c${String(last).padStart(4, '0')}`;
const file = (last: number, change: Partial<AudioFile> = {}): AudioFile => ({
  audioFileId: id(last),
  originalFilename: `${last}.wav`,
  ...{ contentType: 'audio/wav', sizeBytes: 1000, status: 'ready', errorCode: null, errorMessage: null, sha256: null },
  ...{ durationMs: 1000, sampleRateHz: 16_000, channels: 1, warnings: [], speaker: null, source: null, script: null },
  createdAt: new Date(0),
  ...change,
});
const mark = (last: number, startMs: number, change: Partial<PublishedMark> = {}): PublishedMark => ({
  id: `m-${last}-${startMs}`,
  audioFileId: id(last),
  artifactType: 'glitch',
  startMs,
  endMs: startMs + 10,
  confidence: 1,
  ...change,
});
const source = (change: Partial<ManifestSource>): ManifestSource => ({
  set,
  artifactTypes: ['glitch'],
  marks: [mark(1, 0)],
  files: [file(2), file(1), file(3)],
  reviewed: new Set(),
  ...change,
});
const problemOf = (change: Partial<ManifestSource>): Problem => {
  try {
    freezeManifest(source(change));
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('No problem was thrown.');
};

describe('a manifest', () => {
  it('holds all files when none is marked as reviewed: unlabelled audio is clean', () => {
    const manifest = freezeManifest(source({}));
    expect(DatasetManifest.parse(manifest)).toEqual(manifest);
    expect(manifest.files.map((entry) => [entry.audioFileId, entry.annotations.length])).toEqual([
      [id(1), 1],
      [id(2), 0],
      [id(3), 0],
    ]);
  });

  it('holds only annotated and reviewed files when one is marked', () => {
    const manifest = freezeManifest(source({ reviewed: new Set([id(3)]) }));
    expect(manifest.files.map((entry) => entry.audioFileId)).toEqual([id(1), id(3)]);
  });

  it('has the same bytes whatever order the rows came in', () => {
    const marks = [mark(1, 500), mark(2, 0), mark(1, 0), mark(1, 0, { artifactType: 'click', id: 'z' })];
    const one = freezeManifest(source({ marks }));
    const other = freezeManifest(source({ marks: [...marks].reverse(), files: [file(3), file(2), file(1)] }));
    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(one.files[0]?.annotations.map(({ artifactType, startMs }) => [artifactType, startMs])).toEqual([
      ['click', 0],
      ['glitch', 0],
      ['glitch', 500],
    ]);
  });

  it('is refused without annotations', () => {
    expect(problemOf({ marks: [] }).code).toBe('annotation_set_empty');
  });

  it('is refused when a file that counts has failed, naming it', () => {
    const failed = file(2, { status: 'failed', errorMessage: 'The file is not audio.' });
    const problem = problemOf({ files: [file(1), failed] });
    expect(problem.code).toBe('audio_failed');
    expect(problem.detail).toContain('2.wav (The file is not audio.)');
    expect(problem.errors).toMatchObject([{ loc: ['audio', id(2)] }]);
  });

  it('does not mind a failed file that does not count', () => {
    const files = [file(1), file(2, { status: 'failed' })];
    expect(freezeManifest(source({ files, reviewed: new Set([id(1)]) })).files).toHaveLength(1);
  });

  it('is refused when annotations reach beyond a known duration, listing the offenders', () => {
    const marks = [mark(1, 990), mark(1, 991), mark(2, 5000), mark(3, 5000)];
    const problem = problemOf({ marks, files: [file(1), file(2), file(3, { durationMs: null })] });
    expect(problem.code).toBe('annotations_out_of_range');
    expect(problem.errors.map((error) => error.loc)).toEqual([
      ['annotations', 'm-1-991'],
      ['annotations', 'm-2-5000'],
    ]);
    expect(problem.detail).toMatch(/^2 annotation\(s\)/);
  });

  it('names many offenders briefly', () => {
    const files = Array.from({ length: 12 }, (_, index) => file(index, { status: 'failed' }));
    expect(problemOf({ files }).detail).toMatch(/^12 audio file\(s\).* and 2 more\.$/);
  });

  it('groups files by the speakers and sources that they name', () => {
    const files = [file(1, { speaker: 'ann' }), file(2, { speaker: 'ann' }), file(3)];
    expect(freezeManifest(source({ files })).files.map((entry) => entry.group)).toEqual(['speaker:ann', 'speaker:ann', null]);
  });
});

describe('canonical JSON', () => {
  it('sorts keys at every depth and leaves arrays alone', () => {
    expect(canonicalJson({ b: [3, { z: 1, a: null }], a: 'x', '10': 1, '9': 2 })).toBe(
      '{"10":1,"9":2,"a":"x","b":[3,{"a":null,"z":1}]}',
    );
  });
});
