import type { AudioErrorCode, AudioStatus } from '@earmark/contracts';

/** A confirmed audio file of a dataset, as ingest knows it. Facts of the audio are null until they are known. */
export interface AudioFile {
  readonly audioFileId: string;
  readonly originalFilename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly status: AudioStatus;
  readonly errorCode: AudioErrorCode | null;
  readonly errorMessage: string | null;
  readonly sha256: string | null;
  readonly durationMs: number | null;
  readonly sampleRateHz: number | null;
  readonly channels: number | null;
  readonly warnings: readonly string[];
  readonly speaker: string | null;
  readonly source: string | null;
  readonly script: string | null;
  readonly createdAt: Date;
}

/** What a client may change about a file; what is absent stays. */
export type AudioLabels = Partial<Pick<AudioFile, 'speaker' | 'source' | 'script'>>;
