import { createHash } from 'node:crypto';
import { blobKeys, BlobStoreError, type BlobStore } from '@earmark/blob-store';
import { Problem, Uuid, type CallContext } from '@earmark/contracts';
import { findDataset } from '@earmark/contracts/catalog/rpcs';
import { readAudio, uploadAudio, type AudioFileView } from '@earmark/contracts/ingest/routes';
import { confirmReservedUpload, reserveUpload } from '@earmark/contracts/ingest/rpcs';
import type { IdempotencyLedger, IdSource } from '@earmark/service-kit';
import type { z } from 'zod';
import type { IncomingFile, Services } from '../ports.js';
import { measured } from './measured-stream.js';

export type AudioView = z.output<typeof AudioFileView>;

export interface AudioUpload {
  readonly context: CallContext;
  readonly datasetId: string;
  readonly files: AsyncIterable<IncomingFile>;
}

interface Staged {
  readonly audioFileId: string;
  readonly key: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Ports {
  readonly services: Services;
  readonly blobs: Pick<BlobStore, 'put' | 'remove'>;
  readonly ids: IdSource;
  readonly ledger: Pick<IdempotencyLedger, 'claim' | 'finish' | 'release'>;
}

/**
 * One-call upload: every file goes to its staging key while it arrives, then all are reserved and confirmed as if the client had
 * done it. Until the first confirmation a failure leaves nothing behind.
 */
export class UploadAudio {
  constructor(private readonly ports: Ports) {}

  /** Problems: `dataset_not_found`, `validation_failed` (no file, an empty file), those of the files' source, `storage_full`. */
  async execute(upload: AudioUpload): Promise<AudioView[]> {
    const { tenantId } = upload.context;
    if (!Uuid.safeParse(upload.datasetId).success) throw new Problem('dataset_not_found', 'There is no dataset with this id.');
    await this.ports.services.ask(findDataset, { tenantId, datasetId: upload.datasetId });
    const staged: Staged[] = [];
    try {
      for await (const file of upload.files) staged.push(await this.#stage(tenantId, file, staged.length));
      if (staged.length === 0) throw noFile();
      return await this.#once(upload, staged);
    } catch (error) {
      await this.#discard(staged);
      throw error instanceof BlobStoreError ? asProblem(error) : error;
    }
  }

  async #stage(tenantId: string, file: IncomingFile, index: number): Promise<Staged> {
    const audioFileId = this.ports.ids.next();
    const key = blobKeys.upload(tenantId, audioFileId);
    const { filename, contentType } = file;
    try {
      const { content, facts } = measured(file.stream);
      await this.ports.blobs.put(key, content, { contentType });
      const { sizeBytes, sha256 } = facts();
      if (sizeBytes === 0) throw emptyFile(filename, index);
      return { audioFileId, key, filename, contentType, sizeBytes, sha256 };
    } catch (error) {
      await this.ports.blobs.remove([key]);
      throw error;
    }
  }

  /** The same files under the same idempotency key are taken once. */
  async #once(upload: AudioUpload, staged: Staged[]): Promise<AudioView[]> {
    const { tenantId, idempotencyKey } = upload.context;
    if (idempotencyKey === null) return this.#hand(upload, staged);
    const { ledger } = this.ports;
    const bodyHash = hashOf([upload.datasetId, ...staged.map((file) => [file.filename, file.contentType, file.sha256])]);
    const known = await ledger.claim({ tenantId, route: uploadAudio.name, key: idempotencyKey, bodyHash });
    if ('reply' in known) {
      await this.#discard(staged);
      return known.reply as AudioView[];
    }
    try {
      const views = await this.#hand(upload, staged);
      await ledger.finish(known.claim, uploadAudio.status, views);
      return views;
    } catch (error) {
      await ledger.release(known.claim);
      throw error;
    }
  }

  /** Hands the staged files to ingest. A file that was confirmed leaves `staged`: it is not ours to remove any more. */
  async #hand(upload: AudioUpload, staged: Staged[]): Promise<AudioView[]> {
    const { context, datasetId } = upload;
    for (const file of staged) await this.#reserve(context.tenantId, datasetId, file);
    const views: AudioView[] = [];
    for (let file = staged.shift(); file !== undefined; file = staged.shift()) {
      const { audioFileId } = file;
      await this.ports.services.ask(confirmReservedUpload, { tenantId: context.tenantId, audioFileId });
      const params = { dataset_id: datasetId, audio_id: audioFileId };
      views.push((await this.ports.services.call(readAudio, { context, params })).body);
    }
    return views;
  }

  async #reserve(tenantId: string, datasetId: string, file: Staged): Promise<void> {
    const { audioFileId, filename, contentType, sizeBytes, sha256, key } = file;
    const what = { tenantId, audioFileId, purpose: 'dataset' as const, datasetId, filename, contentType, sizeBytes, sha256 };
    const reserved = await this.ports.services.ask(reserveUpload, { ...what, extraData: null });
    if (reserved.key !== key) throw new Error(`ingest expects the upload at ${reserved.key}, it was put at ${key}`);
  }

  async #discard(staged: Staged[]): Promise<void> {
    await this.ports.blobs.remove(staged.splice(0).map((file) => file.key));
  }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

function asProblem(error: BlobStoreError): unknown {
  if (error.code === 'full') return new Problem('storage_full', 'There is no room left in object storage.', { cause: error });
  if (error.code !== 'unavailable') return error;
  return new Problem('service_unavailable', 'Object storage does not answer at the moment.', {
    retryAfterSeconds: 1,
    cause: error,
  });
}

function noFile(): Problem {
  return new Problem('validation_failed', 'The form has no file: send at least one part with a file name.', {
    errors: [{ loc: ['body', 'file'], msg: 'is required', type: 'missing' }],
  });
}

function emptyFile(filename: string, index: number): Problem {
  return new Problem('validation_failed', `The file "${filename}" is empty.`, {
    errors: [{ loc: ['body', 'file', index], msg: 'must not be empty', type: 'too_small' }],
  });
}
