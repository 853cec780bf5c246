import { Problem, transition, type InferenceFileStatus, type Message, type Transition } from '@earmark/contracts';
import { inferenceFileCompleted, inferenceFileFailed } from '@earmark/contracts/inference/events';
import { detectFile } from '@earmark/contracts/inference/jobs';
import { maxDetectionsPerFile } from '@earmark/contracts/inference/routes';

/** A stretch [startMs, endMs) in which the model found an artifact; confidence 0-1. */
export interface StoredDetection {
  readonly artifactType: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly confidence: number;
}

export interface InferenceFile {
  readonly id: string;
  readonly tenantId: string;
  readonly jobId: string;
  readonly audioFileId: string;
  /** Whether the audio was uploaded for this job, and goes with it. */
  readonly ownsAudio: boolean;
  readonly originalFilename: string;
  readonly s3Key: string;
  readonly status: InferenceFileStatus;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Facts of the audio; null until ingest is done with it. */
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly scoresKey: string | null;
  readonly detections: readonly StoredDetection[] | null;
  readonly detectionCount: number | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly processedAt: Date | null;
}

/** What is known of the audio behind a file. */
export type AudioOutcome =
  | { readonly kind: 'ready'; readonly sha256: string; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'waiting' };

export type NewInferenceFile = Pick<
  InferenceFile,
  'id' | 'tenantId' | 'jobId' | 'audioFileId' | 'ownsAudio' | 'originalFilename' | 's3Key'
>;

/** A file that may be uploaded. */
export function reserveFile(parts: NewInferenceFile, at: Date): Transition<InferenceFile> {
  return transition({
    ...parts,
    status: 'pending',
    errorCode: null,
    errorMessage: null,
    sha256: null,
    durationMs: null,
    scoresKey: null,
    detections: null,
    detectionCount: null,
    version: 1,
    createdAt: at,
    processedAt: null,
  });
}

/** The request to search a file. */
export const detectRequest = ({ tenantId, id }: Pick<InferenceFile, 'tenantId' | 'id'>): Message =>
  detectFile.request({ tenantId, inferenceFileId: id });

/**
 * The file is there. Its search is asked for even while its audio is being processed: the announcement may have come before this file
 * was to be seen, so the worker asks ingest once.
 */
export function queueFile(file: InferenceFile, modelId: string, audio: AudioOutcome, at: Date): Transition<InferenceFile> {
  if (audio.kind === 'failed') return failFile(file, modelId, audio.code, audio.message, at);
  const queued = changed(file, { status: 'queued' });
  const next = audio.kind === 'ready' ? { ...queued, sha256: audio.sha256, durationMs: audio.durationMs } : queued;
  return transition(next, [detectRequest(next)]);
}

/**
 * What the end of its audio's processing means to a file; one that is not confirmed only remembers the facts. News that it has heard
 * before change nothing, so that they do not disturb a worker.
 */
export function followAudio(file: InferenceFile, modelId: string, audio: AudioOutcome, at: Date): Transition<InferenceFile> {
  if (audio.kind === 'waiting' || isDone(file)) return transition(file);
  if (audio.kind === 'failed') {
    return file.status === 'pending' ? transition(file) : failFile(file, modelId, audio.code, audio.message, at);
  }
  if (file.sha256 !== null) return transition(file);
  const next = changed(file, { sha256: audio.sha256, durationMs: audio.durationMs });
  return transition(next, next.status === 'queued' ? [detectRequest(next)] : []);
}

export const isDone = (file: InferenceFile): boolean => file.status === 'completed' || file.status === 'failed';

/** A worker took the file. */
export function startFile(file: InferenceFile): Transition<InferenceFile> {
  return transition(changed(file, { status: 'processing' }));
}

/** What was found; throws too_many_detections beyond what one file may have. */
export function completeFile(
  file: InferenceFile,
  modelId: string,
  found: { scoresKey: string; detections: readonly StoredDetection[] },
  at: Date,
): Transition<InferenceFile> {
  const { detections, scoresKey } = found;
  if (detections.length > maxDetectionsPerFile) throw tooMany(detections.length);
  const next = changed(file, {
    status: 'completed',
    scoresKey,
    detections,
    detectionCount: detections.length,
    errorCode: null,
    errorMessage: null,
    processedAt: at,
  });
  const identity = { tenantId: file.tenantId, inferenceJobId: file.jobId, modelId, fileId: file.id };
  return transition(next, [
    inferenceFileCompleted.fact({ ...identity, durationMs: file.durationMs ?? 0, detectionCount: detections.length }),
  ]);
}

/** Why the file has no detections. */
export function failFile(
  file: InferenceFile,
  modelId: string,
  code: string,
  message: string,
  at: Date,
): Transition<InferenceFile> {
  const next = changed(file, { status: 'failed', errorCode: code, errorMessage: message, processedAt: at });
  const identity = { tenantId: file.tenantId, inferenceJobId: file.jobId, modelId, fileId: file.id };
  return transition(next, [inferenceFileFailed.fact({ ...identity, errorCode: code, errorMessage: message })]);
}

function tooMany(count: number): Problem {
  const figures = `${count.toLocaleString('en')} detections, and one file may have ${maxDetectionsPerFile.toLocaleString('en')}`;
  return new Problem(
    'too_many_detections',
    `The file has ${figures}: raise the thresholds, merge_window_ms or min_duration_ms, or split the file.`,
  );
}

function changed(file: InferenceFile, change: Partial<InferenceFile>): InferenceFile {
  return { ...file, ...change, version: file.version + 1 };
}
