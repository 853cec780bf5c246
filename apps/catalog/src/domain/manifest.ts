import { Problem, type DatasetManifest, type FieldError } from '@earmark/contracts';
import { byCodeUnit } from '@earmark/service-kit';
import type { AnnotationSet } from './annotation-set.js';
import type { AudioFile } from './audio-file.js';
import { splitGroups } from './split-group.js';

/** A valid annotation as it goes into a manifest. */
export interface PublishedMark {
  readonly id: string;
  readonly audioFileId: string;
  readonly artifactType: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

/** All that publishing freezes. `files` are the confirmed files of the dataset, `reviewed` the ids of files marked as reviewed. */
export interface ManifestSource {
  readonly set: AnnotationSet;
  readonly artifactTypes: readonly string[];
  readonly marks: readonly PublishedMark[];
  readonly files: readonly AudioFile[];
  readonly reviewed: ReadonlySet<string>;
}

const NAMED = 10;
const LISTED = 1000;

/**
 * The manifest of a set. Without a reviewed mark all files count and unlabelled audio is clean; with any mark only annotated or
 * reviewed files count. Throws annotation_set_empty, audio_failed or annotations_out_of_range (with the offenders).
 */
export function freezeManifest(source: ManifestSource): DatasetManifest {
  const { set, marks, artifactTypes } = source;
  if (marks.length === 0) throw new Problem('annotation_set_empty', 'The annotation set has no valid annotations to publish.');
  const marksByFile = groupByFile(marks);
  const files = countingFiles(source);
  refuseFailed(files);
  refuseOutOfRange(marks, new Map(files.map((file) => [file.audioFileId, file])));
  const groups = splitGroups(files);
  return {
    manifestVersion: 1,
    tenantId: set.tenantId,
    datasetId: set.datasetId,
    annotationSetId: set.id,
    annotationSetVersion: set.version,
    artifactTypes: [...artifactTypes],
    files: files.map(({ audioFileId, originalFilename }) => ({
      audioFileId,
      originalFilename,
      group: groups.get(audioFileId) ?? null,
      annotations: (marksByFile.get(audioFileId) ?? []).map(toEntry),
    })),
  };
}

function groupByFile(marks: readonly PublishedMark[]): Map<string, PublishedMark[]> {
  const byFile = new Map<string, PublishedMark[]>();
  for (const mark of marks) {
    const ofFile = byFile.get(mark.audioFileId);
    if (ofFile) ofFile.push(mark);
    else byFile.set(mark.audioFileId, [mark]);
  }
  for (const ofFile of byFile.values()) ofFile.sort(byPlace);
  return byFile;
}

function byPlace(a: PublishedMark, b: PublishedMark): number {
  return a.startMs - b.startMs || a.endMs - b.endMs || byCodeUnit(a.artifactType, b.artifactType) || byCodeUnit(a.id, b.id);
}

/** The files that the manifest of a set names, by id. */
export function countingFiles({ files, reviewed, marks }: Pick<ManifestSource, 'files' | 'reviewed' | 'marks'>): AudioFile[] {
  const marked = new Set(marks.map((mark) => mark.audioFileId));
  const counts = ({ audioFileId }: AudioFile) => reviewed.size === 0 || reviewed.has(audioFileId) || marked.has(audioFileId);
  return files.filter(counts).sort((a, b) => byCodeUnit(a.audioFileId, b.audioFileId));
}

function toEntry({ artifactType, startMs, endMs, confidence }: PublishedMark) {
  return { artifactType, startMs, endMs, confidence };
}

function refuseFailed(files: readonly AudioFile[]): void {
  const failed = files.filter((file) => file.status === 'failed');
  if (failed.length === 0) return;
  const names = failed.map((file) => `${file.originalFilename} (${file.errorMessage ?? 'failed'})`);
  const errors = failed.map((file): FieldError => ({
    loc: ['audio', file.audioFileId],
    msg: file.errorMessage ?? 'failed',
    type: 'audio_failed',
  }));
  throw new Problem('audio_failed', `${failed.length} audio file(s) failed; delete or replace them: ${listed(names)}.`, {
    errors: errors.slice(0, LISTED),
  });
}

function refuseOutOfRange(marks: readonly PublishedMark[], files: ReadonlyMap<string, AudioFile>): void {
  const offenders = marks.flatMap((mark) => {
    const file = files.get(mark.audioFileId);
    return file && file.durationMs !== null && mark.endMs > file.durationMs ? [{ mark, file, limitMs: file.durationMs }] : [];
  });
  if (offenders.length === 0) return;
  const sentences = offenders.map(
    ({ mark, file, limitMs }) =>
      `${mark.artifactType} ${mark.startMs}-${mark.endMs} ms in ${file.originalFilename} (${limitMs} ms)`,
  );
  const errors = offenders.map(({ mark, limitMs }): FieldError => ({
    loc: ['annotations', mark.id],
    msg: `end_ms ${mark.endMs} is beyond the ${limitMs} ms of audio file ${mark.audioFileId}`,
    type: 'out_of_range',
  }));
  const detail = `${offenders.length} annotation(s) reach beyond their audio: ${listed(sentences)}.`;
  throw new Problem('annotations_out_of_range', detail, { errors: errors.slice(0, LISTED) });
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
