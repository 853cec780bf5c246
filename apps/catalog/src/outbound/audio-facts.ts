import { Problem, referenceKinds } from '@earmark/contracts';
import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import type { AudioFile } from '../domain/audio-file.js';

/** How ingest names the files of a dataset. */
export const referenceTo = (datasetId: string) => ({ kind: referenceKinds.dataset, id: datasetId });

/** A file as ingest describes it. */
export function toAudioFile({ reference: _reference, createdAt, ...facts }: AudioFacts): AudioFile {
  return { ...facts, createdAt: new Date(createdAt) };
}

/** Runs `ask`; that the reference was released means that the dataset is gone. */
export async function ofDataset<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'reference_released') throw error;
    throw new Problem('dataset_not_found', 'There is no such dataset.', { cause: error });
  }
}
