import { Problem, type FieldError } from '@earmark/contracts';
import type { AudioFile } from './audio-file.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a client marks: one artifact in one file, [startMs, endMs). */
export interface Mark {
  readonly audioFileId: string;
  readonly artifactType: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly extraData: Readonly<Record<string, Json>> | null;
}

export interface Annotation extends Mark {
  readonly id: string;
  readonly tenantId: string;
  readonly annotationSetId: string;
  /** False when the dataset lost the artifact type while the set was a draft: kept and shown, not counted, not published. */
  readonly isValid: boolean;
  readonly createdAt: Date;
}

/** What a client asked to change; what is absent stays. */
export type MarkChange = Partial<Omit<Mark, 'audioFileId'>>;

/** Where the marks stand in the request: `['body']` for one, `['body', 'annotations', 4]` for the fifth of many. */
export type LocationOf = (index: number) => readonly (string | number)[];

/** One error for every mark whose file the dataset does not have, or that ends after its file (when the duration is known). */
export function checkAudio(marks: readonly Mark[], files: ReadonlyMap<string, AudioFile>, locationOf: LocationOf): FieldError[] {
  return marks.flatMap((mark, index) => {
    const file = files.get(mark.audioFileId);
    if (!file) return [unknownFile([...locationOf(index), 'audio_file_id'])];
    if (file.durationMs === null || mark.endMs <= file.durationMs) return [];
    const msg = `must be at most ${file.durationMs}, the duration of the audio file`;
    return [{ loc: [...locationOf(index), 'end_ms'], msg, type: 'out_of_range' }];
  });
}

/** The error for an audio file that is not a confirmed file of the dataset. */
export function unknownFile(loc: readonly (string | number)[]): FieldError {
  return { loc, msg: 'is not a confirmed audio file of this dataset', type: 'unknown_audio_file' };
}

/** One error for every mark of a type that the dataset does not have. */
export function checkTypes(marks: readonly Mark[], typeNames: readonly string[], locationOf: LocationOf): FieldError[] {
  const known = new Set(typeNames);
  return marks.flatMap((mark, index) => {
    if (known.has(mark.artifactType)) return [];
    const msg = `"${mark.artifactType}" is not an artifact type of this dataset`;
    return [{ loc: [...locationOf(index), 'artifact_type'], msg, type: 'unknown_artifact_type' }];
  });
}

/** One error when a changed mark is no interval any more. */
export function checkInterval(mark: Mark): FieldError[] {
  if (mark.endMs > mark.startMs) return [];
  return [{ loc: ['body', 'end_ms'], msg: 'must be greater than start_ms', type: 'custom' }];
}

/** Throws validation_failed with every error, when there is one. */
export function refuseErrors(errors: readonly FieldError[], markCount: number): void {
  const [first] = errors;
  if (!first) return;
  const what = markCount === 1 ? 'The annotation is not valid' : `Nothing was saved: ${errors.length} value(s) are not valid`;
  throw new Problem('validation_failed', `${what}: ${first.loc.slice(1).join('.')} ${first.msg}.`, { errors });
}
