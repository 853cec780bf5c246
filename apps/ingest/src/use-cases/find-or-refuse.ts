import { Problem, type Reference } from '@earmark/contracts';
import type { AudioFile } from '../domain/audio-file.js';

/** The file, or the problem that there is none: absent, deleted, of another reference and another tenant's are the same. */
export function requireAudio(file: AudioFile | null | undefined, reference: Reference | null): AudioFile {
  if (file && (reference === null || isOf(file, reference))) return file;
  throw new Problem('audio_file_not_found', 'There is no such audio file.');
}

/** A confirmed file, or the problem that there is none. */
export function requireConfirmed(file: AudioFile | null, reference: Reference | null): AudioFile {
  return requireAudio(file?.confirmedAt === null ? null : file, reference);
}

/** Whether the file belongs to the reference. */
export function isOf({ reference }: AudioFile, { kind, id }: Reference): boolean {
  return reference.kind === kind && reference.id === id;
}

/** The problem that the owner of the files deleted what they belong to. */
export function referenceReleased(): Problem {
  return new Problem('reference_released', 'What the files belong to was deleted; nothing can be added to it any more.');
}
