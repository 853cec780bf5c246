import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import type { AudioFileView } from '@earmark/contracts/ingest/routes';
import type { z } from 'zod';
import type { AudioFile } from '../domain/audio-file.js';

/** A file as clients see it. */
export function audioFileView(file: AudioFile): z.input<typeof AudioFileView> {
  return {
    id: file.id,
    dataset_id: file.datasetId ?? '',
    original_filename: file.originalFilename,
    content_type: file.contentType,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    sample_rate: file.sampleRateHz,
    channels: file.channels,
    duration_ms: file.durationMs,
    processing_status: file.status,
    error_code: file.errorCode,
    error_message: file.errorMessage,
    warnings: [...file.warnings],
    created_at: file.createdAt.toISOString(),
  };
}

/** A file as other services see it. */
export function audioFacts(file: AudioFile): AudioFacts {
  const { id: audioFileId, datasetId, originalFilename, status, errorCode, errorMessage } = file;
  const { sha256, durationMs, sampleRateHz, channels } = file;
  return {
    audioFileId,
    datasetId,
    originalFilename,
    status,
    errorCode,
    errorMessage,
    sha256,
    durationMs,
    sampleRateHz,
    channels,
  };
}
