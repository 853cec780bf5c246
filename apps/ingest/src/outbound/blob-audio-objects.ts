import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { blobKeys, BlobStoreError, type BlobStat, type BlobStore } from '@earmark/blob-store';
import { Problem } from '@earmark/contracts';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioObjects, ContentPlace, SpooledUpload, StagedUpload, StoredPeaks, Ticket } from '../ports.js';

const TICKET_SECONDS = 3_600;
const WAV = 'audio/wav';
const BATCH_SIZE = 500;

const uploadKey = ({ tenantId, uploadId }: StagedUpload): string => blobKeys.upload(tenantId, uploadId);

/** Objects in S3, spooled to a folder of this machine. */
export class BlobAudioObjects implements AudioObjects {
  constructor(private readonly parts: { blobs: BlobStore; workDir: string }) {}

  async ticket(file: AudioFile): Promise<Ticket> {
    const { blobs } = this.parts;
    const { contentType, sizeBytes } = file;
    const key = uploadKey(file);
    const expiresInSeconds = TICKET_SECONDS;
    const post = await blobs.presignPost({ key, contentType, minBytes: sizeBytes, maxBytes: sizeBytes, expiresInSeconds });
    const putUrl = await blobs.presignPut({ key, sizeBytes, expiresInSeconds });
    return { uploadUrl: post.url, uploadFields: { ...post.fields }, putUrl, key, expiresInSeconds };
  }

  async uploadedBytes(file: AudioFile): Promise<number | null> {
    return (await this.parts.blobs.stat(uploadKey(file)))?.sizeBytes ?? null;
  }

  async spool(file: AudioFile, signal: AbortSignal): Promise<SpooledUpload | null> {
    const { tenantId, sha256, sizeBytes } = file;
    const keys = [uploadKey(file), ...(sha256 === null ? [] : [blobKeys.original(tenantId, sha256)])];
    for (const key of keys) {
      const found = await this.parts.blobs.stat(key);
      // A PUT by URL is not bounded by storage: an upload that grew after it was confirmed must not fill this machine.
      if (found?.sizeBytes === sizeBytes) return this.#download(key, found, signal);
    }
    return null;
  }

  /** Reads no more than `stat` promised, and only what it described: the object may be replaced at any moment. */
  async #download(key: string, { etag, sizeBytes }: BlobStat, signal: AbortSignal): Promise<SpooledUpload> {
    const folder = await mkdtemp(path.join(this.parts.workDir, 'upload-'));
    const target = path.join(folder, 'original');
    const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
    const hash = createHash('sha256');
    try {
      const range = { startByte: 0, endByte: Math.max(1, sizeBytes) };
      const source = await this.parts.blobs.get(key, { range });
      await pipeline(source, atMost(sizeBytes), hashing(hash), createWriteStream(target), { signal });
      const isWhole = (await stat(target)).size === sizeBytes;
      if (!isWhole || (await this.parts.blobs.stat(key))?.etag !== etag) throw replaced();
      return { path: target, sha256: hash.digest('hex'), sizeBytes, etag, dispose };
    } catch (error) {
      await dispose();
      throw error;
    }
  }

  async keepOriginal(file: AudioFile, { sha256, etag }: SpooledUpload): Promise<void> {
    const { blobs } = this.parts;
    const original = blobKeys.original(file.tenantId, sha256);
    if (await blobs.stat(original)) return;
    try {
      await blobs.copy(uploadKey(file), original, { ifMatchEtag: etag });
    } catch (error) {
      const moved = error instanceof BlobStoreError && (error.code === 'changed' || error.code === 'not_found');
      if (!moved) throw error;
      throw replaced(error);
    }
  }

  async putCanonical(place: ContentPlace, canonicalPath: string): Promise<void> {
    const key = blobKeys.canonicalAudio(place.tenantId, place.sha256);
    const { size } = await stat(canonicalPath);
    await this.parts.blobs.put(key, createReadStream(canonicalPath), { contentType: WAV, sizeBytes: size });
  }

  async putPeaks({ tenantId, sha256 }: ContentPlace, peaksPath: string): Promise<StoredPeaks> {
    const bytes = await readFile(peaksPath);
    await this.parts.blobs.put(blobKeys.peaks(tenantId, sha256), bytes, { contentType: 'application/json' });
    return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.byteLength };
  }

  async hasCanonical({ tenantId, sha256 }: ContentPlace): Promise<boolean> {
    return (await this.parts.blobs.stat(blobKeys.canonicalAudio(tenantId, sha256))) !== null;
  }

  async removeUpload(upload: StagedUpload): Promise<void> {
    await this.parts.blobs.remove([uploadKey(upload)]);
  }

  async *uploadsBefore(tenantId: string, writtenBefore: Date): AsyncIterable<readonly string[]> {
    const prefix = blobKeys.uploadsPrefix(tenantId);
    let block: string[] = [];
    for await (const { key, modifiedAt } of this.parts.blobs.list(prefix)) {
      if (modifiedAt < writtenBefore) block.push(key.slice(prefix.length));
      if (block.length < BATCH_SIZE) continue;
      yield block;
      block = [];
    }
    if (block.length > 0) yield block;
  }

  async removeContent({ tenantId, sha256 }: ContentPlace): Promise<void> {
    await this.parts.blobs.removePrefix(blobKeys.contentPrefix(tenantId, sha256));
  }

  peaksKey({ tenantId, sha256 }: ContentPlace): string {
    return blobKeys.peaks(tenantId, sha256);
  }

  async downloadUrl(file: AudioFile): Promise<{ url: string; expiresInSeconds: number }> {
    const { blobs } = this.parts;
    const { tenantId, sha256, originalFilename } = file;
    // The original first: until its URL expires, a client can still put other bytes in the place of its upload.
    const original = sha256 === null ? null : blobKeys.original(tenantId, sha256);
    const key = original !== null && (await blobs.stat(original)) !== null ? original : uploadKey(file);
    const expiresInSeconds = TICKET_SECONDS;
    return { url: await blobs.presignGet({ key, expiresInSeconds, downloadFilename: originalFilename }), expiresInSeconds };
  }
}

function replaced(cause?: unknown): Problem {
  return new Problem('service_unavailable', 'The upload was replaced while it was read; it is read again.', { cause });
}

/** Passes bytes on and gives up at the first one too many. */
function atMost(limitBytes: number) {
  return async function* (source: Readable): AsyncGenerator<Buffer> {
    let passedBytes = 0;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      passedBytes += chunk.length;
      if (passedBytes > limitBytes) throw replaced();
      yield chunk;
    }
  };
}

/** Passes bytes on and hashes them. */
function hashing(hash: ReturnType<typeof createHash>) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      hash.update(chunk);
      yield chunk;
    }
  };
}
