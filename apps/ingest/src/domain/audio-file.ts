import type { AudioContainer } from '@earmark/audio-files';
import {
  Problem,
  referenceKinds,
  transition,
  type AudioErrorCode,
  type AudioStatus,
  type Message,
  type Reference,
  type Transition,
} from '@earmark/contracts';
import { audioConfirmed, audioDeleted, audioFailed, audioReady } from '@earmark/contracts/ingest/events';
import { processAudio } from '@earmark/contracts/ingest/jobs';

/** What is known of a content once it is decoded; the same for every file that holds these bytes. */
export interface ContentFacts {
  readonly container: AudioContainer;
  readonly durationMs: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Warnings about the content itself; what a file's name claims is a matter of the file. */
  readonly warnings: readonly string[];
}

export interface AudioFile {
  readonly id: string;
  readonly tenantId: string;
  /** What the file belongs to; only its owner knows more. */
  readonly reference: Reference;
  /** Names the upload in storage. */
  readonly uploadId: string;
  readonly originalFilename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly declaredSha256: string | null;
  /** What a client says about the file. */
  readonly speaker: string | null;
  readonly source: string | null;
  readonly script: string | null;
  readonly status: AudioStatus;
  readonly errorCode: AudioErrorCode | null;
  readonly errorMessage: string | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  readonly warnings: readonly string[];
  readonly version: number;
  readonly createdAt: Date;
  readonly confirmedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly deletedAt: Date | null;
}

export type NewAudioFile = Pick<
  AudioFile,
  | 'id'
  | 'tenantId'
  | 'reference'
  | 'uploadId'
  | 'originalFilename'
  | 'contentType'
  | 'sizeBytes'
  | 'declaredSha256'
  | 'speaker'
  | 'source'
  | 'script'
>;

/** What a client may change about a file; what is absent stays. */
export type AudioLabels = Partial<Pick<AudioFile, 'speaker' | 'source' | 'script'>>;

/** A place to upload to; nothing is known of the bytes. */
export function reserveAudio(parts: NewAudioFile, at: Date): Transition<AudioFile> {
  return transition({
    ...parts,
    status: 'pending',
    errorCode: null,
    errorMessage: null,
    sha256: null,
    durationMs: null,
    sampleRateHz: null,
    channels: null,
    warnings: [],
    version: 1,
    createdAt: at,
    confirmedAt: null,
    finishedAt: null,
    deletedAt: null,
  });
}

/** Whether the id stands for the same upload: of the same place, name, type, size and content. */
export function isSameUpload(known: AudioFile, asked: NewAudioFile): boolean {
  return (
    known.reference.kind === asked.reference.kind &&
    known.reference.id === asked.reference.id &&
    known.originalFilename === asked.originalFilename &&
    known.contentType === asked.contentType &&
    known.sizeBytes === asked.sizeBytes &&
    known.declaredSha256 === asked.declaredSha256
  );
}

/** The same file, uploaded once more to another place before it was confirmed; null when nothing changes. */
export function moveUpload(file: AudioFile, uploadId: string): Transition<AudioFile> | null {
  return file.confirmedAt !== null || file.uploadId === uploadId ? null : transition(changed(file, { uploadId }));
}

/** The file with other labels; null when they are as they were. */
export function changeLabels(file: AudioFile, { speaker, source, script }: AudioLabels): Transition<AudioFile> | null {
  const next = {
    speaker: speaker === undefined ? file.speaker : speaker,
    source: source === undefined ? file.source : source,
    script: script === undefined ? file.script : script,
  };
  const isSame = next.speaker === file.speaker && next.source === file.source && next.script === file.script;
  return isSame ? null : transition(changed(file, next));
}

/** Whether features are computed ahead: for files that may be trained on, which those of a detection job are not. */
export const needsFeatures = ({ reference }: AudioFile): boolean => reference.kind !== referenceKinds.inference;

/** The request to process a file. */
export const processRequest = ({ tenantId, id }: Pick<AudioFile, 'tenantId' | 'id'>): Message =>
  processAudio.request({ tenantId, audioFileId: id });

/**
 * The upload is there: its processing is asked for. Null when that happened before.
 * Throws audio_not_uploaded when nothing, or something of another size, was uploaded.
 */
export function confirmAudio(file: AudioFile, uploadedBytes: number | null, at: Date): Transition<AudioFile> | null {
  if (file.confirmedAt !== null) return null;
  if (uploadedBytes === null)
    throw new Problem('audio_not_uploaded', 'The file has not been uploaded yet; upload it, then confirm.');
  if (uploadedBytes !== file.sizeBytes) {
    const detail = `The upload has ${uploadedBytes} bytes, but ${file.sizeBytes} were announced; upload the whole file, then confirm.`;
    throw new Problem('audio_not_uploaded', detail);
  }
  const next = changed(file, { confirmedAt: at });
  const { originalFilename, sizeBytes } = next;
  return transition(next, [audioConfirmed.fact({ ...identity(next), originalFilename, sizeBytes }), processRequest(next)]);
}

export const isFinished = (file: AudioFile): boolean => file.status === 'ready' || file.status === 'failed';

/** A worker reads and decodes the file; `sha256` once its bytes are hashed. */
export function startNormalizing(file: AudioFile, sha256: string | null = file.sha256): Transition<AudioFile> {
  return transition(changed(file, { status: 'normalizing', sha256 }));
}

/** The canonical audio is there, features are being computed. */
export function startEmbedding(file: AudioFile): Transition<AudioFile> {
  return transition(changed(file, { status: 'embedding' }));
}

/** The file can be used. `warnings` are the content's and the file's own. */
export function markReady(file: AudioFile, facts: ContentFacts, warnings: readonly string[], at: Date): Transition<AudioFile> {
  const { durationMs, sampleRateHz, channels } = facts;
  const next = changed(file, { status: 'ready', durationMs, sampleRateHz, channels, warnings, finishedAt: at });
  const known = { sha256: next.sha256 ?? '', durationMs, sampleRateHz, channels, warnings: [...warnings] };
  return transition(next, [audioReady.fact({ ...identity(next), ...known })]);
}

/** The file can never be used, and why. */
export function markFailed(file: AudioFile, errorCode: AudioErrorCode, errorMessage: string, at: Date): Transition<AudioFile> {
  const next = changed(file, { status: 'failed', errorCode, errorMessage, finishedAt: at });
  return transition(next, [audioFailed.fact({ ...identity(next), errorCode, errorMessage })]);
}

/** The file leaves every list; its content may be removed once nothing else refers to it. */
export function deleteAudio(file: AudioFile, at: Date): Transition<AudioFile> {
  const next = changed(file, { deletedAt: at });
  return transition(next, file.confirmedAt === null ? [] : [audioDeleted.fact(identity(next))]);
}

/** Version 1 of the events speaks of datasets. */
function identity({ tenantId, id, reference }: AudioFile) {
  const isOfDataset = reference.kind === referenceKinds.dataset;
  const purpose = isOfDataset ? ('dataset' as const) : ('inference' as const);
  return { tenantId, audioFileId: id, purpose, datasetId: isOfDataset ? reference.id : null };
}

function changed(file: AudioFile, change: Partial<AudioFile>): AudioFile {
  return { ...file, ...change, version: file.version + 1 };
}
