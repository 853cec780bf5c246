import { createHash } from 'node:crypto';
import { blobKeys, type BlobStore } from '@earmark/blob-store';
import { Problem, Uuid, type CallContext } from '@earmark/contracts';
import { confirmUploads, findDataset, reserveUploads } from '@earmark/contracts/catalog/rpcs';
import type { AudioFileView } from '@earmark/contracts/catalog/routes';
import type { IdSource } from '@earmark/service-kit';
import type { z } from 'zod';
import type { IncomingFile, Services } from '../ports.js';
import { measured } from './measured-stream.js';

export type AudioView = z.output<typeof AudioFileView>;

export interface AudioUpload {
  readonly context: CallContext;
  readonly datasetId: string;
  readonly files: AsyncIterable<IncomingFile>;
}

/** A file that lies in the staging area under `uploadId`. */
interface Staged {
  readonly uploadId: string;
  readonly filename: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

interface Ports {
  readonly services: Services;
  readonly blobs: Pick<BlobStore, 'put' | 'remove'>;
  readonly ids: IdSource;
}

/**
 * One-call upload: every file goes to the staging area while it arrives, then catalog takes all of them in two calls. The gateway
 * keeps nothing: what "once" means under an idempotency key is catalog's to say.
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
      return await this.#hand(upload, staged);
    } catch (error) {
      await this.#discard(tenantId, staged);
      throw error;
    }
  }

  async #stage(tenantId: string, file: IncomingFile, index: number): Promise<Staged> {
    const uploadId = this.ports.ids.next();
    const key = blobKeys.upload(tenantId, uploadId);
    const { filename, contentType } = file;
    try {
      const { content, facts } = measured(file.stream);
      await this.ports.blobs.put(key, content, { contentType });
      const { sizeBytes, sha256 } = facts();
      if (sizeBytes === 0) throw emptyFile(filename, index);
      return { uploadId, filename, contentType, sizeBytes, sha256 };
    } catch (error) {
      await this.ports.blobs.remove([key]);
      throw error;
    }
  }

  /** Once they are reserved the uploads are catalog's; those that it does not need leave the staging area at the end. */
  async #hand({ context, datasetId }: AudioUpload, staged: Staged[]): Promise<AudioView[]> {
    const { services } = this.ports;
    const { tenantId, idempotencyKey: key } = context;
    const bodyHash = hashOf([datasetId, ...staged.map((file) => [file.filename, file.contentType, file.sha256])]);
    const once = key === null ? null : { key, bodyHash };
    const taken = await services.ask(reserveUploads, { tenantId, datasetId, once, files: staged });
    if (taken.replay !== null) {
      await this.#discard(tenantId, staged);
      return taken.replay;
    }
    const all = staged.splice(0);
    const confirmation = once !== null && taken.claimedAt !== null ? { ...once, claimedAt: taken.claimedAt } : null;
    const audioFileIds = taken.files.map(({ audioFileId }) => audioFileId);
    const { items } = await services.ask(confirmUploads, { tenantId, datasetId, once: confirmation, audioFileIds });
    await this.#discard(
      tenantId,
      all.filter((_file, index) => taken.files[index]?.isConfirmed === true),
    );
    return items;
  }

  async #discard(tenantId: string, staged: Staged[]): Promise<void> {
    await this.ports.blobs.remove(staged.splice(0).map(({ uploadId }) => blobKeys.upload(tenantId, uploadId)));
  }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

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
