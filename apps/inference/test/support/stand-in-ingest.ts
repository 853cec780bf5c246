// Ingest as inference sees it: uploads that a spec confirms, and canonical audio that is really in storage.
import { createHash, randomUUID } from 'node:crypto';
import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { blobKeys, type BlobStore } from '@earmark/blob-store';
import { Problem, type AudioErrorCode, type Message } from '@earmark/contracts';
import { audioDeleted, audioFailed, audioReady } from '@earmark/contracts/ingest/events';
import {
  confirmAudio,
  findAudioFiles,
  pinAudio,
  presignDownload,
  releaseAudio,
  reserveAudio,
  unpinAudio,
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
  /** `file job claim`. */
  readonly pins = new Set<string>();

  constructor(
    connection: Parameters<typeof answer>[0],
    private readonly blobs: BlobStore,
  ) {
    answer(connection, reserveAudio, ({ tenantId, files }) => ({
      files: files.map(({ audioFileId, filename }) => {
        this.#add(tenantId, audioFileId, filename, null);
        const key = blobKeys.upload(tenantId, audioFileId);
        const url = `http://storage.local/${key}`;
        const ticket = { uploadUrl: url, uploadFields: { key }, putUrl: url, key, expiresInSeconds: 60 };
        return { audioFileId, isConfirmed: false, ticket };
      }),
    }));
    answer(connection, confirmAudio, async ({ tenantId, audioFileIds: [audioFileId = ''] }) => {
      const file = this.#of(tenantId, audioFileId);
      if (!file.isUploaded) throw new Problem('audio_not_uploaded', 'The file has not been uploaded yet.');
      file.isConfirmed = true;
      const answered = { files: [file.facts] };
      await this.beforeConfirmed(audioFileId);
      return answered;
    });
    const find = async (tenantId: string, audioFileIds: readonly string[]): Promise<{ files: AudioFacts[] }> => {
      this.asked += 1;
      const files = [...this.#files.values()].filter(
        (file) => file.tenantId === tenantId && file.isConfirmed && audioFileIds.includes(file.facts.audioFileId),
      );
      const answered = { files: files.map(({ facts }) => facts) };
      await this.beforeFound();
      return answered;
    };
    answer(connection, findAudioFiles, ({ tenantId, audioFileIds }) => find(tenantId, audioFileIds));
    answer(connection, pinAudio, async ({ tenantId, holder, claimId, audioFileIds }) => {
      const found = await find(tenantId, audioFileIds);
      for (const { audioFileId } of found.files) this.pins.add(`${audioFileId} ${holder.id} ${claimId}`);
      return found;
    });
    answer(connection, unpinAudio, ({ holder, claimId }) => {
      const given = [...this.pins].filter((pin) => pin.endsWith(` ${holder.id} ${claimId}`));
      for (const pin of given) this.pins.delete(pin);
      return { released: given.length };
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
    const facts: AudioFacts = {
      ...{ audioFileId, originalFilename, contentType: 'audio/wav', sizeBytes: 1, status: 'normalizing', warnings: [] },
      reference: { kind: datasetId === null ? 'inference' : 'dataset', id: datasetId },
      ...{ sha256: null, durationMs: null, sampleRateHz: null, channels: null, errorCode: null, errorMessage: null },
      ...{ speaker: null, source: null, script: null, createdAt: new Date().toISOString() },
    };
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

function identityOf({ tenantId, facts: { audioFileId, reference } }: StoredAudio) {
  const datasetId = reference.kind === 'dataset' ? reference.id : null;
  return { tenantId, audioFileId, purpose: datasetId === null ? ('inference' as const) : ('dataset' as const), datasetId };
}
