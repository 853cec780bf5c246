import { BlobStoreError } from './blob-store-error.js';
import type { MultipartUploads, UploadedPart } from './blob-store.js';
import type { MinioConnection } from './minio-connection.js';

const COPY_PART_BYTES = 1024 ** 3;

interface UploadId {
  readonly key: string;
  readonly uploadId: string;
}

/** Multipart uploads of S3: those of clients by signed part URLs, and our own for long streams and large copies. */
export class MinioMultipart implements MultipartUploads {
  constructor(private readonly connection: MinioConnection) {}

  async start({ key, contentType }: { key: string; contentType: string }): Promise<string> {
    const { bucket } = this.connection;
    return this.connection.call(`start upload of ${key}`, (client) =>
      client.initiateNewMultipartUpload(bucket, key, { 'content-type': contentType }),
    );
  }

  async presignPart(request: UploadId & { partNumber: number; expiresInSeconds: number }): Promise<string> {
    const { signer, bucket, options } = this.connection;
    const query = { uploadId: request.uploadId, partNumber: String(request.partNumber) };
    return signer.presignedUrl('PUT', bucket, request.key, request.expiresInSeconds, query, options.now());
  }

  async complete(request: UploadId & { parts: readonly UploadedPart[] }): Promise<{ etag: string }> {
    return this.#complete(request, {});
  }

  /** As {@link complete}; `changed` when the key exists by now. */
  async completeIfAbsent(request: UploadId & { parts: readonly UploadedPart[] }): Promise<{ etag: string }> {
    return this.#complete(request, { 'if-none-match': '*' });
  }

  async abort({ key, uploadId }: UploadId): Promise<void> {
    const { bucket } = this.connection;
    try {
      await this.connection.call(`abort upload of ${key}`, (client) => client.abortMultipartUpload(bucket, key, uploadId));
    } catch (error) {
      if (!(error instanceof BlobStoreError && error.code === 'not_found')) throw error;
    }
  }

  /** Uploads one part from memory. */
  async putPart({ key, uploadId }: UploadId, partNumber: number, bytes: Buffer): Promise<UploadedPart> {
    const { bucket: bucketName } = this.connection;
    const part = { bucketName, objectName: key, uploadID: uploadId, partNumber, headers: {} };
    const { etag } = await this.connection.call(`part ${partNumber} of ${key}`, (client) => client.uploadPart(part, bytes));
    return { partNumber, etag };
  }

  /** Copies an object part by part inside storage; every part is guarded by the source's ETag. */
  async copyInParts(
    from: string,
    to: string,
    source: { etag: string; sizeBytes: number; contentType: string },
  ): Promise<{ etag: string }> {
    const partBytes = Math.min(COPY_PART_BYTES, this.connection.options.maxSingleCopyBytes ?? COPY_PART_BYTES);
    return this.upload({ key: to, contentType: source.contentType }, async (uploadId, parts) => {
      for (let startByte = 0; startByte < source.sizeBytes; startByte += partBytes) {
        const endByte = Math.min(startByte + partBytes, source.sizeBytes);
        parts.push(
          await this.#copyPart({ key: to, uploadId }, parts.length + 1, { from, etag: source.etag, startByte, endByte }),
        );
      }
      return this.complete({ key: to, uploadId, parts });
    });
  }

  /** Opens an upload, runs `fill`, and aborts the upload if that fails. */
  async upload<T>(
    target: { key: string; contentType: string },
    fill: (uploadId: string, parts: UploadedPart[]) => Promise<T>,
  ): Promise<T> {
    const uploadId = await this.start(target);
    try {
      return await fill(uploadId, []);
    } catch (error) {
      // The first error is the news; an upload that cannot be aborted now is left to the bucket's lifecycle.
      await this.abort({ key: target.key, uploadId }).catch(() => undefined);
      throw error;
    }
  }

  async #copyPart(
    { key, uploadId }: UploadId,
    partNumber: number,
    source: { from: string; etag: string; startByte: number; endByte: number },
  ): Promise<UploadedPart> {
    const { bucket } = this.connection;
    const headers = {
      'x-amz-copy-source': encodeURI(`/${bucket}/${source.from}`),
      'x-amz-copy-source-if-match': source.etag,
      'x-amz-copy-source-range': `bytes=${source.startByte}-${source.endByte - 1}`,
    };
    const query = `partNumber=${partNumber}&uploadId=${encodeURIComponent(uploadId)}`;
    const answer = await this.#ask(`copy part ${partNumber} to ${key}`, { method: 'PUT', key, query, headers }, '');
    return { partNumber, etag: etagIn(answer, `copy part ${partNumber} to ${key}`) };
  }

  async #complete({ key, uploadId, parts }: UploadId & { parts: readonly UploadedPart[] }, headers: Record<string, string>) {
    const query = `uploadId=${encodeURIComponent(uploadId)}`;
    const answer = await this.#ask(`complete upload of ${key}`, { method: 'POST', key, query, headers }, partList(parts));
    return { etag: etagIn(answer, `complete upload of ${key}`) };
  }

  async #ask(
    what: string,
    { method, key, query, headers }: { method: string; key: string; query: string; headers: Record<string, string> },
    payload: string,
  ): Promise<string> {
    return this.connection.call(what, async (client) => {
      const request = { method, bucketName: this.connection.bucket, objectName: key, query, headers };
      const response = await client.makeRequestAsync(request, payload);
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
      return text;
    });
  }
}

function partList(parts: readonly UploadedPart[]): string {
  const items = parts.map(({ partNumber, etag }) => {
    if (!/^[\w+/=-]+$/.test(etag)) throw new BlobStoreError('changed', `part ${partNumber} has no such ETag`);
    return `<Part><PartNumber>${partNumber}</PartNumber><ETag>"${etag}"</ETag></Part>`;
  });
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${items.join('')}</CompleteMultipartUpload>`;
}

/** S3 may answer 200 first and an error afterwards, in the body. */
function etagIn(xml: string, what: string): string {
  const etag = /<ETag>(?:"|&quot;|&#34;)?([^<"&]+)/.exec(xml)?.[1];
  if (etag !== undefined) return etag;
  const code = /<Code>([^<]+)/.exec(xml)?.[1] ?? 'no ETag in the answer';
  throw new BlobStoreError(code === 'InternalError' || code === 'SlowDown' ? 'unavailable' : 'changed', `${what}: ${code}`);
}
