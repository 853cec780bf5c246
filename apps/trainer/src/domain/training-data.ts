import { Problem, type DatasetManifest, type FieldError } from '@earmark/contracts';

/** What ingest says about a file. */
export interface AudioFile {
  readonly audioFileId: string;
  readonly status: string;
  readonly sha256: string | null;
  readonly durationMs: number | null;
}

/** A file of the manifest whose content is known. */
export interface ReadyFile {
  readonly audioFileId: string;
  readonly originalFilename: string;
  readonly sha256: string;
  readonly durationMs: number;
  readonly group: string | null;
  readonly annotations: DatasetManifest['files'][number]['annotations'];
}

/** Audio that a training needs at least: 5 minutes. */
export const minAudioMs = 300_000;
const MINUTE_MS = 60_000;
const LISTED = 100;

/** Refuses artifact types that the dataset does not have: validation_failed, one error per type. */
export function requireKnownTypes(artifactTypes: readonly string[], ofDataset: readonly string[]): void {
  const errors = artifactTypes.flatMap((type, index): FieldError[] =>
    ofDataset.includes(type)
      ? []
      : [
          {
            loc: ['body', 'config', 'artifact_types', index],
            msg: `"${type}" is not an artifact type of the dataset`,
            type: 'unknown_artifact_type',
          },
        ],
  );
  if (errors.length > 0) throw new Problem('validation_failed', 'Some artifact types are not types of the dataset.', { errors });
}

/** Refuses data that is too little to train on: not_enough_audio, no_annotations_for_type, in this order. */
export function requireEnough(files: readonly ReadyFile[], artifactTypes: readonly string[]): void {
  const audioMs = files.reduce((sum, file) => sum + file.durationMs, 0);
  if (audioMs < minAudioMs) {
    const figures = `${minutesBelow(audioMs)} of ${minAudioMs / MINUTE_MS} minutes`;
    throw new Problem('not_enough_audio', `Not enough audio data (${figures})`);
  }
  const annotated = new Set(files.flatMap((file) => file.annotations.map((annotation) => annotation.artifactType)));
  const without = artifactTypes.find((type) => !annotated.has(type));
  if (without !== undefined) throw new Problem('no_annotations_for_type', `No annotations for artifact type '${without}'`);
}

/** Minutes with one decimal, never rounded up to what would have been enough. */
const minutesBelow = (ms: number): string => (Math.floor((ms / MINUTE_MS) * 10) / 10).toFixed(1);

/**
 * The files of a manifest when all of them are ready; throws audio_not_ready, naming the others.
 * @param known facts of the manifest's files, by id
 */
export function requireReady(manifest: DatasetManifest, known: ReadonlyMap<string, AudioFile>): ReadyFile[] {
  const errors: FieldError[] = [];
  const ready = manifest.files.flatMap((file): ReadyFile[] => {
    const facts = known.get(file.audioFileId);
    if (facts?.status === 'ready' && facts.sha256 !== null && facts.durationMs !== null) {
      return [{ ...file, sha256: facts.sha256, durationMs: facts.durationMs }];
    }
    const msg = `${file.originalFilename} is ${facts?.status ?? 'not there'}`;
    errors.push({ loc: ['audio', file.audioFileId], msg, type: 'audio_not_ready' });
    return [];
  });
  if (errors.length > 0) {
    const figures = `${errors.length} of ${manifest.files.length}`;
    throw new Problem('audio_not_ready', `Audio files not ready (${figures})`, { errors: errors.slice(0, LISTED) });
  }
  return ready;
}
