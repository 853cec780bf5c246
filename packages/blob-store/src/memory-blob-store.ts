import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
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
import { blocksOf } from './bounded-read.js';
import { checkFolder } from './folder.js';
import { MemoryMultipart } from './memory-multipart.js';
import { memoryUrl } from './memory-url.js';

interface StoredBlob extends BlobStat {
  readonly bytes: Buffer;
  readonly modifiedAt: Date;
}

/** How a {@link MemoryBlobStore} behaves. */
export interface MemoryBlobStoreOptions {
  /** Time of writes and of permissions; default: always the epoch. */
  readonly now?: () => Date;
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');

/**
 * A {@link BlobStore} in memory, for unit tests: same meaning as the real one, proven by the same conformance suite.
 *
 * Permissions are `memory:` URLs; {@link memoryHttp} answers them as a storage server would.
 */
export class MemoryBlobStore implements BlobStore {
  readonly multipart: MemoryMultipart;
  readonly #blobs = new Map<string, StoredBlob>();
  readonly #now: () => Date;

  constructor(options: MemoryBlobStoreOptions = {}) {
    this.#now = options.now ?? (() => new Date(0));
    this.multipart = new MemoryMultipart(
      (key, bytes, contentType, etag) => this.#store(key, bytes, contentType, etag),
      (seconds) => this.#expiry(seconds),
    );
  }

  async ensureBucket(): Promise<void> {}

  async put(key: string, content: BlobContent, options: PutOptions): Promise<BlobStat> {
    return this.#store(key, await bytesOf(content, options.sizeBytes), options.contentType);
  }

  async putIfAbsent(key: string, content: BlobContent, options: PutOptions): Promise<boolean> {
    const bytes = await bytesOf(content, options.sizeBytes);
    if (this.#blobs.has(key)) return false;
    this.#store(key, bytes, options.contentType);
    return true;
  }

  async get(key: string, options: { range?: ByteRange } = {}): Promise<Readable> {
    const { bytes } = this.#existing(key);
    const { startByte, endByte } = options.range ?? { startByte: 0 };
    if (endByte !== undefined && endByte <= startByte) throw new RangeError(`empty range of ${key}`);
    if (options.range && startByte >= bytes.length) throw new RangeError(`byte ${startByte} lies behind the end of ${key}`);
    return Readable.from([Buffer.from(bytes.subarray(startByte, endByte))], { objectMode: false });
  }

  async getBytes(key: string, maxBytes: number): Promise<Buffer> {
    const { bytes } = this.#existing(key);
    if (bytes.length > maxBytes) throw new BlobStoreError('too_large', `${key} has ${bytes.length} bytes, allowed ${maxBytes}`);
    return Buffer.from(bytes);
  }

  async stat(key: string): Promise<BlobStat | null> {
    const blob = this.#blobs.get(key);
    return blob ? { sizeBytes: blob.sizeBytes, etag: blob.etag, contentType: blob.contentType } : null;
  }

  async copy(from: string, to: string, guard: { ifMatchEtag: string }): Promise<{ etag: string }> {
    const source = this.#existing(from);
    if (source.etag !== guard.ifMatchEtag) throw new BlobStoreError('changed', `${from} is not what it was`);
    return { etag: this.#store(to, source.bytes, source.contentType).etag };
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#blobs.delete(key);
  }

  async removePrefix(prefix: string): Promise<number> {
    const keys = this.#sortedKeys(checkFolder(prefix));
    await this.remove(keys);
    return keys.length;
  }

  async *list(prefix: string): AsyncGenerator<BlobListing> {
    for (const key of this.#sortedKeys(prefix)) {
      const blob = this.#blobs.get(key);
      if (blob) yield { key, sizeBytes: blob.sizeBytes, etag: blob.etag, modifiedAt: blob.modifiedAt };
    }
  }

  async presignPost(request: PresignPostRequest): Promise<PresignedPost> {
    const { key, contentType, minBytes = 1, maxBytes, expiresInSeconds } = request;
    const fields = { key, ...(contentType === undefined ? {} : { 'Content-Type': contentType }) };
    const query = { method: 'POST', min: String(minBytes), max: String(maxBytes), ...this.#expiry(expiresInSeconds) };
    return { url: memoryUrl(key, { ...query, fields: JSON.stringify(fields) }), fields };
  }

  async presignPut(request: { key: string; sizeBytes: number; expiresInSeconds: number }): Promise<string> {
    const size = String(request.sizeBytes);
    return memoryUrl(request.key, { method: 'PUT', size, ...this.#expiry(request.expiresInSeconds) });
  }

  async presignGet(request: { key: string; expiresInSeconds: number; downloadFilename?: string }): Promise<string> {
    const { key, expiresInSeconds, downloadFilename } = request;
    const name = downloadFilename === undefined ? {} : { filename: downloadFilename };
    return memoryUrl(key, { method: 'GET', ...name, ...this.#expiry(expiresInSeconds) });
  }

  /** Whether a permission that ends at `expiresAtMs` (since the epoch) is over. */
  isExpired(expiresAtMs: number): boolean {
    return this.#now().getTime() >= expiresAtMs;
  }

  #expiry(seconds: number): { expires: string } {
    return { expires: String(this.#now().getTime() + seconds * 1000) };
  }

  #existing(key: string): StoredBlob {
    const blob = this.#blobs.get(key);
    if (!blob) throw new BlobStoreError('not_found', `no object ${key}`);
    return blob;
  }

  #store(key: string, bytes: Buffer, contentType: string, etag = md5(bytes)): BlobStat {
    const stat = { sizeBytes: bytes.length, etag, contentType };
    this.#blobs.set(key, { ...stat, bytes, modifiedAt: this.#now() });
    return stat;
  }

  #sortedKeys(prefix: string): string[] {
    return [...this.#blobs.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
}

async function bytesOf(content: BlobContent, declaredBytes?: number): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of blocksOf(content, 1 << 20, declaredBytes)) blocks.push(block);
  return Buffer.concat(blocks);
}
