import { createHash } from 'node:crypto';
import { BlobStoreError } from './blob-store-error.js';
import { memoryUrl } from './memory-url.js';
import type { BlobStat, MultipartUploads, UploadedPart } from './blob-store.js';

interface OpenUpload {
  readonly key: string;
  readonly contentType: string;
  readonly parts: Map<number, { bytes: Buffer; etag: string }>;
}

type StoreObject = (key: string, bytes: Buffer, contentType: string, etag: string) => BlobStat;

/** Multipart uploads of the in-memory store. */
export class MemoryMultipart implements MultipartUploads {
  readonly #uploads = new Map<string, OpenUpload>();
  #lastId = 0;

  constructor(
    private readonly storeObject: StoreObject,
    private readonly expiry: (seconds: number) => { expires: string },
  ) {}

  async start(request: { key: string; contentType: string }): Promise<string> {
    this.#lastId += 1;
    const uploadId = `upload-${this.#lastId}`;
    this.#uploads.set(uploadId, { ...request, parts: new Map() });
    return uploadId;
  }

  async presignPart(request: { key: string; uploadId: string; partNumber: number; expiresInSeconds: number }): Promise<string> {
    const { key, uploadId, partNumber, expiresInSeconds } = request;
    const query = { method: 'PUT', uploadId, partNumber: String(partNumber), ...this.expiry(expiresInSeconds) };
    return memoryUrl(key, query);
  }

  async complete(request: { key: string; uploadId: string; parts: readonly UploadedPart[] }): Promise<{ etag: string }> {
    const upload = this.#existing(request);
    const parts = request.parts.map(({ partNumber, etag }) => {
      const part = upload.parts.get(partNumber);
      if (part?.etag !== etag) throw new BlobStoreError('changed', `part ${partNumber} is not there as named`);
      return part;
    });
    const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
    const etag = `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
    this.#uploads.delete(request.uploadId);
    return this.storeObject(upload.key, Buffer.concat(parts.map((part) => part.bytes)), upload.contentType, etag);
  }

  async abort(request: { key: string; uploadId: string }): Promise<void> {
    this.#uploads.delete(request.uploadId);
  }

  /** Keeps one part, as a PUT to its URL does; answers the ETag, or `not_found`. */
  receivePart(request: { key: string; uploadId: string; partNumber: number }, bytes: Buffer): string {
    const etag = createHash('md5').update(bytes).digest('hex');
    this.#existing(request).parts.set(request.partNumber, { bytes, etag });
    return etag;
  }

  #existing({ key, uploadId }: { key: string; uploadId: string }): OpenUpload {
    const upload = this.#uploads.get(uploadId);
    if (upload?.key !== key) throw new BlobStoreError('not_found', `no upload ${uploadId} of ${key}`);
    return upload;
  }
}
