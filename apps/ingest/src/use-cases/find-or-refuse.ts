import { Problem } from '@earmark/contracts';
import type { AudioFile } from '../domain/audio-file.js';

/** The file, or the problem that there is none: absent, deleted, of another dataset and another tenant's are the same. */
export function requireAudio(file: AudioFile | null, datasetId?: string): AudioFile {
  if (file && (datasetId === undefined || file.datasetId === datasetId)) return file;
  throw new Problem('audio_file_not_found', 'There is no such audio file.');
}

/** A confirmed file of a dataset, or the problem that there is none. */
export function requireConfirmed(file: AudioFile | null, datasetId?: string): AudioFile {
  const found = requireAudio(file, datasetId);
  return requireAudio(found.confirmedAt === null ? null : found, datasetId);
}
