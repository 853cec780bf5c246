import type { BlobStore } from './blob-store.js';

/** Bytes [startByte, endByte) of an object in memory, for small stretches of large objects. */
export async function readRange(blobs: Pick<BlobStore, 'get'>, key: string, startByte: number, endByte: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await blobs.get(key, { range: { startByte, endByte } })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
