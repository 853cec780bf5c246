import { Readable } from 'node:stream';
import { CopyConditions } from 'minio';
import { BlobStoreError } from './blob-store-error.js';
import type {
  BlobContent,
  BlobListing,
  BlobStat,
  BlobStore,
  ByteRange,
  PresignedPost,
  PresignPostRequest,
  PutOptions,
} from './blob-store.js';
import { blocksOf, readBounded } from './bounded-read.js';
import { attachment } from './content-disposition.js';
import { checkFolder } from './folder.js';
import { type MinioBlobStoreOptions, MinioConnection, PART_BYTES } from './minio-connection.js';
import { mapVendorError } from './minio-errors.js';
import { MinioMultipart } from './minio-multipart.js';
import { postPolicyFields } from './post-policy.js';
import { presignSizedPut } from './presigned-put.js';

const MAX_SINGLE_COPY_BYTES = 5 * 1024 ** 3;
const REMOVE_BATCH = 1000;

/** A {@link BlobStore} in one bucket of any S3 server, by the `minio` client. */
export class MinioBlobStore implements BlobStore {
  readonly multipart: MinioMultipart;
  readonly #connection: MinioConnection;
  readonly #bucket: string;

  constructor(options: MinioBlobStoreOptions) {
    this.#connection = new MinioConnection(options);
    this.#bucket = options.bucket;
    this.multipart = new MinioMultipart(this.#connection);
  }

  /** Closes idle connections; the store can still be used. */
  close(): void {
    this.#connection.close();
  }

  async ensureBucket(): Promise<void> {
    const { region } = this.#connection;
    await this.#call(`bucket ${this.#bucket}`, async (client) => {
      if (await client.bucketExists(this.#bucket)) return;
      await client.makeBucket(this.#bucket, region).catch((error: unknown) => {
        // Another process was faster: the bucket is there, which is all we want.
        if (!/BucketAlready(OwnedByYou|Exists)/.test((error as { code?: string }).code ?? '')) throw error;
      });
    });
  }

  async put(key: string, content: BlobContent, options: PutOptions): Promise<BlobStat> {
    const { etag, sizeBytes } = await this.#write(key, content, options, false);
    return { sizeBytes, etag, contentType: options.contentType };
  }

  async putIfAbsent(key: string, content: BlobContent, options: PutOptions): Promise<boolean> {
    try {
      await this.#write(key, content, options, true);
      return true;
    } catch (error) {
      if (error instanceof BlobStoreError && error.code === 'changed' && (await this.stat(key))) return false;
      throw error;
    }
  }

  async get(key: string, options: { range?: ByteRange } = {}): Promise<Readable> {
    const { startByte, endByte } = options.range ?? { startByte: 0 };
    if (endByte !== undefined && endByte <= startByte) throw new RangeError(`empty range of ${key}`);
    const length = endByte === undefined ? 0 : endByte - startByte; // 0 means "to the end" to the client
    const source = await this.#call(`get ${key}`, (client) => client.getPartialObject(this.#bucket, key, startByte, length));
    return Readable.from(translated(source, `get ${key}`), { objectMode: false });
  }

  async getBytes(key: string, maxBytes: number): Promise<Buffer> {
    const stream = await this.get(key);
    return readBounded(stream, maxBytes);
  }

  async stat(key: string): Promise<BlobStat | null> {
    try {
      const stat = await this.#call(`stat ${key}`, (client) => client.statObject(this.#bucket, key));
      const contentType: unknown = stat.metaData['content-type'];
      return {
        sizeBytes: stat.size,
        etag: stat.etag,
        contentType: typeof contentType === 'string' ? contentType : 'application/octet-stream',
      };
    } catch (error) {
      if (error instanceof BlobStoreError && error.code === 'not_found') return null;
      throw error;
    }
  }

  async copy(from: string, to: string, { ifMatchEtag }: { ifMatchEtag: string }): Promise<{ etag: string }> {
    const source = await this.stat(from);
    if (!source) throw new BlobStoreError('not_found', `no object ${from}`);
    if (source.etag !== ifMatchEtag) throw new BlobStoreError('changed', `${from} is not what it was`);
    const limit = this.#connection.options.maxSingleCopyBytes ?? MAX_SINGLE_COPY_BYTES;
    if (source.sizeBytes > limit) return this.multipart.copyInParts(from, to, source);
    const conditions = new CopyConditions();
    conditions.setMatchETag(ifMatchEtag);
    const result = await this.#call(`copy ${from} to ${to}`, (client) =>
      client.copyObject(this.#bucket, to, `/${this.#bucket}/${from}`, conditions),
    );
    return { etag: (result as { etag: string }).etag };
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += REMOVE_BATCH) {
      const batch = keys.slice(start, start + REMOVE_BATCH);
      const failures = await this.#call(`remove ${batch.length} objects`, (client) => client.removeObjects(this.#bucket, batch));
      const failure = failures.find((entry) => entry?.Error?.Code !== 'NoSuchKey');
      if (failure) throw mapVendorError(failure.Error ?? failure, `remove ${batch.length} objects`);
    }
  }

  async removePrefix(prefix: string): Promise<number> {
    checkFolder(prefix);
    let removed = 0;
    let batch: string[] = [];
    for await (const { key } of this.list(prefix)) {
      batch.push(key);
      if (batch.length < REMOVE_BATCH) continue;
      await this.remove(batch);
      removed += batch.length;
      batch = [];
    }
    await this.remove(batch);
    return removed + batch.length;
  }

  async *list(prefix: string): AsyncGenerator<BlobListing> {
    let token = '';
    do {
      const page = await this.#call(`list ${prefix}`, (client) =>
        client.listObjectsV2Query(this.#bucket, prefix, token, '', 1000, ''),
      );
      for (const item of page.objects) {
        if (item.name === undefined) continue;
        yield { key: item.name, sizeBytes: item.size, etag: item.etag, modifiedAt: item.lastModified };
      }
      token = page.isTruncated ? page.nextContinuationToken : '';
    } while (token !== '');
  }

  async presignPost(request: PresignPostRequest): Promise<PresignedPost> {
    const { options, region, publicEndpoint } = this.#connection;
    const { accessKey, secretKey } = options;
    const fields = postPolicyFields(this.#bucket, request, { accessKey, secretKey, region }, options.now());
    return { url: new URL(`/${this.#bucket}`, publicEndpoint).href, fields };
  }

  async presignPut(request: { key: string; sizeBytes: number; expiresInSeconds: number }): Promise<string> {
    const { options, region, publicEndpoint: endpoint } = this.#connection;
    const { accessKey, secretKey } = options;
    return presignSizedPut({ endpoint, bucket: this.#bucket, ...request }, { accessKey, secretKey, region }, options.now());
  }

  async presignGet(request: { key: string; expiresInSeconds: number; downloadFilename?: string }): Promise<string> {
    const { signer, options } = this.#connection;
    const { key, expiresInSeconds, downloadFilename } = request;
    const query = downloadFilename === undefined ? {} : { 'response-content-disposition': attachment(downloadFilename) };
    return signer.presignedUrl('GET', this.#bucket, key, expiresInSeconds, query, options.now());
  }

  async #write(key: string, content: BlobContent, { contentType, sizeBytes }: PutOptions, onlyIfAbsent: boolean) {
    const blocks = blocksOf(content, PART_BYTES, sizeBytes);
    try {
      const head = await takeTwo(blocks);
      if (head.length === 1) return await this.#putBlock(key, head[0] ?? Buffer.alloc(0), contentType, onlyIfAbsent);
      return await this.#putBlocks(key, joined(head, blocks), contentType, onlyIfAbsent);
    } finally {
      await blocks.return(undefined); // closes a source that was not read to its end
    }
  }

  /** A multipart upload of this call alone: the client's own continues, and mixes with, any other of the same key. */
  async #putBlocks(key: string, blocks: AsyncIterable<Buffer>, contentType: string, onlyIfAbsent: boolean) {
    return this.multipart.upload({ key, contentType }, async (uploadId, parts) => {
      let sizeBytes = 0;
      for await (const block of blocks) {
        parts.push(await this.multipart.putPart({ key, uploadId }, parts.length + 1, block));
        sizeBytes += block.length;
      }
      const request = { key, uploadId, parts };
      const { etag } = await (onlyIfAbsent ? this.multipart.completeIfAbsent(request) : this.multipart.complete(request));
      return { etag, sizeBytes };
    });
  }

  async #putBlock(key: string, block: Buffer, contentType: string, onlyIfAbsent: boolean) {
    const result = await this.#call(`put ${key}`, (client) => {
      const headers = { 'content-type': contentType, ...(onlyIfAbsent ? { 'if-none-match': '*' } : {}) };
      return client.putObject(this.#bucket, key, block, block.length, headers);
    });
    return { etag: result.etag, sizeBytes: block.length };
  }

  #call: MinioConnection['call'] = (what, send) => this.#connection.call(what, send);
}

async function takeTwo(blocks: AsyncGenerator<Buffer, void>): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  while (taken.length < 2) {
    const next = await blocks.next();
    if (next.done === true) break;
    taken.push(next.value);
  }
  return taken;
}

async function* joined(head: Buffer[], tail: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* head;
  yield* tail;
}

async function* translated(source: Readable, what: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch (error) {
    throw mapVendorError(error, what);
  }
}
