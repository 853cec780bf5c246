// Ingest as inference sees it: uploads that a spec confirms, and canonical audio that is really in storage.
import { createHash, randomUUID } from 'node:crypto';
import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { blobKeys, type BlobStore } from '@earmark/blob-store';
import { Problem, type AudioErrorCode, type Message } from '@earmark/contracts';
import { audioDeleted, audioFailed, audioReady } from '@earmark/contracts/ingest/events';
import {
  confirmReservedUpload,
  findAudioFiles,
  presignDownload,
  releaseAudio,
  reserveUpload,
  type AudioFacts,
} from '@earmark/contracts/ingest/rpcs';
import { answer } from '@earmark/messaging';

const SAMPLES_PER_MS = 16;

interface StoredAudio {
  readonly tenantId: string;
  facts: AudioFacts;
  isUploaded: boolean;
  isConfirmed: boolean;
}

export class StandInIngest {
  readonly #files = new Map<string, StoredAudio>();
  /** Runs before a confirmation is answered, when ingest has confirmed already. */
  beforeConfirmed: (audioFileId: string) => Promise<void> = () => Promise.resolve();
  /** Runs before the facts of files are answered, when they are read already. */
  beforeFound: () => Promise<void> = () => Promise.resolve();
  asked = 0;
  /** Audio that was given up, by tenant. */
  readonly released = new Map<string, string[]>();

  constructor(
    connection: Parameters<typeof answer>[0],
    private readonly blobs: BlobStore,
  ) {
    answer(connection, reserveUpload, ({ tenantId, audioFileId, filename }) => {
      this.#add(tenantId, audioFileId, filename, null);
      const key = blobKeys.upload(tenantId, audioFileId);
      const url = `http://storage.local/${key}`;
      return { audioFileId, uploadUrl: url, uploadFields: { key }, putUrl: url, key, expiresInSeconds: 60 };
    });
    answer(connection, confirmReservedUpload, async ({ tenantId, audioFileId }) => {
      const file = this.#of(tenantId, audioFileId);
      if (!file.isUploaded) throw new Problem('audio_not_uploaded', 'The file has not been uploaded yet.');
      file.isConfirmed = true;
      const answered = { file: file.facts, sizeBytes: 1 };
      await this.beforeConfirmed(audioFileId);
      return answered;
    });
    answer(connection, findAudioFiles, async ({ tenantId, audioFileIds }) => {
      this.asked += 1;
      const files = [...this.#files.values()].filter(
        (file) => file.tenantId === tenantId && file.isConfirmed && audioFileIds.includes(file.facts.audioFileId),
      );
      const answered = { files: files.map(({ facts }) => facts) };
      await this.beforeFound();
      return answered;
    });
    answer(connection, releaseAudio, ({ tenantId, audioFileIds }) => {
      this.released.set(tenantId, [...(this.released.get(tenantId) ?? []), ...audioFileIds]);
      return { released: audioFileIds.length };
    });
    answer(connection, presignDownload, ({ tenantId, audioFileId }) => ({
      downloadUrl: `http://storage.local/${this.#of(tenantId, audioFileId).facts.audioFileId}`,
      expiresInSeconds: 60,
    }));
  }

  /** The client has uploaded the file that `reserve` announced. */
  uploaded(audioFileId: string): void {
    this.#named(audioFileId).isUploaded = true;
  }

  /** A confirmed file of a dataset whose processing goes on. */
  datasetAudio(tenantId: string): string {
    const audioFileId = randomUUID();
    this.#add(tenantId, audioFileId, 'dataset.wav', randomUUID());
    Object.assign(this.#named(audioFileId), { isUploaded: true, isConfirmed: true });
    return audioFileId;
  }

  /** Stores canonical audio and answers the announcement that ingest would make. */
  async becomesReady(audioFileId: string, samples: Float32Array): Promise<Message> {
    const file = this.#named(audioFileId);
    const pcm = float32ToPcm16(samples);
    const sha256 = createHash('sha256').update(pcm).digest('hex');
    const header = writeWavHeader({ sampleRateHz: 16_000, channels: 1, bitsPerSample: 16, dataBytes: pcm.length });
    const key = blobKeys.canonicalAudio(file.tenantId, sha256);
    await this.blobs.put(key, Buffer.concat([header, pcm]), { contentType: 'audio/wav' });
    const known = { sha256, durationMs: Math.round(samples.length / SAMPLES_PER_MS), sampleRateHz: 16_000, channels: 1 };
    file.facts = { ...file.facts, status: 'ready', ...known };
    return audioReady.fact({ ...identityOf(file), ...known, warnings: [] });
  }

  becomesFailed(audioFileId: string, errorCode: AudioErrorCode = 'undecodable'): Message {
    const file = this.#named(audioFileId);
    const errorMessage = 'The file is not audio.';
    file.facts = { ...file.facts, status: 'failed', errorCode, errorMessage };
    return audioFailed.fact({ ...identityOf(file), errorCode, errorMessage });
  }

  becomesDeleted(audioFileId: string): Message {
    const file = this.#named(audioFileId);
    this.#files.delete(audioFileId);
    return audioDeleted.fact(identityOf(file));
  }

  #add(tenantId: string, audioFileId: string, originalFilename: string, datasetId: string | null): void {
    const unknown = { sha256: null, durationMs: null, sampleRateHz: null, channels: null, errorCode: null, errorMessage: null };
    const facts: AudioFacts = { audioFileId, datasetId, originalFilename, status: 'normalizing', ...unknown };
    this.#files.set(audioFileId, { tenantId, facts, isUploaded: false, isConfirmed: false });
  }

  #of(tenantId: string, audioFileId: string): StoredAudio {
    const file = this.#files.get(audioFileId);
    if (file?.tenantId === tenantId) return file;
    throw new Problem('audio_file_not_found', 'There is no such audio file.');
  }

  #named(audioFileId: string): StoredAudio {
    const file = this.#files.get(audioFileId);
    if (!file) throw new Error(`There is no file ${audioFileId}.`);
    return file;
  }
}

function identityOf({ tenantId, facts: { audioFileId, datasetId } }: StoredAudio) {
  return { tenantId, audioFileId, purpose: datasetId === null ? ('inference' as const) : ('dataset' as const), datasetId };
}
