import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import type { AudioFile } from '../domain/audio-file.js';

/** A file as other services see it. */
export function audioFacts(file: AudioFile): AudioFacts {
  return {
    audioFileId: file.id,
    reference: { ...file.reference },
    originalFilename: file.originalFilename,
    contentType: file.contentType,
    sizeBytes: file.sizeBytes,
    status: file.status,
    errorCode: file.errorCode,
    errorMessage: file.errorMessage,
    sha256: file.sha256,
    durationMs: file.durationMs,
    sampleRateHz: file.sampleRateHz,
    channels: file.channels,
    warnings: [...file.warnings],
    speaker: file.speaker,
    source: file.source,
    script: file.script,
    createdAt: file.createdAt.toISOString(),
  };
}
