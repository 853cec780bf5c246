import type { RouteReply } from '@earmark/contracts';
import type { catalogRoutes } from '@earmark/contracts/catalog/routes';
import type { CreationKey, ItemShape } from '@earmark/service-kit';
import type { AudioFile } from '../domain/audio-file.js';

type AudioView = RouteReply<typeof catalogRoutes.readAudio>['body'];

/** An audio file of a dataset on the wire. */
export const audioView =
  (datasetId: string) =>
  (file: AudioFile): AudioView => ({
    id: file.audioFileId,
    dataset_id: datasetId,
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
    speaker: file.speaker,
    source: file.source,
    script: file.script,
    created_at: file.createdAt.toISOString(),
  });

/** How files look in a list and where they stand. */
export const audioShape = (datasetId: string): ItemShape<AudioFile, CreationKey> => ({
  view: audioView(datasetId),
  keyOf: ({ createdAt, audioFileId }) => ({ createdAt, id: audioFileId }),
});
