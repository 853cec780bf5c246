import { BlobStoreError } from './blob-store-error.js';
import type { BlobContent } from './blob-store.js';

/** Reads a stream into one buffer; `too_large` as soon as more than `maxBytes` arrived. */
export async function readBounded(stream: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) throw new BlobStoreError('too_large', `more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}

/**
 * Cuts a content into blocks of exactly `blockBytes` (the last may be shorter, an empty content gives one empty block).
 *
 * At most two blocks are in memory. Throws `changed` when a declared size and the bytes disagree.
 */
export async function* blocksOf(content: BlobContent, blockBytes: number, declaredBytes?: number): AsyncGenerator<Buffer, void> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let totalBytes = 0;
  for await (const chunk of chunksOf(content)) {
    totalBytes += chunk.length;
    let rest: Uint8Array = chunk;
    while (pendingBytes + rest.length > blockBytes) {
      const head = rest.subarray(0, blockBytes - pendingBytes);
      yield Buffer.concat([...pending, head], blockBytes);
      rest = rest.subarray(head.length);
      pending = [];
      pendingBytes = 0;
    }
    pending.push(rest);
    pendingBytes += rest.length;
  }
  if (declaredBytes !== undefined && declaredBytes !== totalBytes) {
    throw new BlobStoreError('changed', `expected ${declaredBytes} bytes, got ${totalBytes}`);
  }
  yield Buffer.concat(pending, pendingBytes);
}

async function* chunksOf(content: BlobContent): AsyncGenerator<Uint8Array> {
  if (content instanceof Uint8Array) {
    yield content;
    return;
  }
  for await (const chunk of content as AsyncIterable<Uint8Array | string>) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}
