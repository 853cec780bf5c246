import { parseWavHeader, pcm16ToFloat32, wavHeaderSizeBytes } from '@earmark/audio';
import { blobKeys, type BlobStore } from '@earmark/blob-store';

/** Mono samples of a file, read by stretches so that its length costs no memory. */
export interface CanonicalAudio {
  readonly sampleCount: number;
  /** Samples [from, to), -1 to 1. */
  read(from: number, to: number): Promise<Float32Array>;
}

const BYTES_PER_SAMPLE = 2;

/** Opens the canonical 16-bit mono audio of a content. */
export async function openCanonicalAudio(
  blobs: BlobStore,
  { tenantId, sha256 }: { tenantId: string; sha256: string },
): Promise<CanonicalAudio> {
  const key = blobKeys.canonicalAudio(tenantId, sha256);
  const header = parseWavHeader(await bytesOf(blobs, key, 0, wavHeaderSizeBytes));
  const sizeBytes = (await blobs.stat(key))?.sizeBytes ?? 0;
  const sampleCount = Math.max(0, Math.floor((sizeBytes - header.dataOffset) / BYTES_PER_SAMPLE));
  return {
    sampleCount,
    read: async (from, to) => {
      if (to <= from) return new Float32Array(0);
      const at = (sample: number): number => header.dataOffset + sample * BYTES_PER_SAMPLE;
      return pcm16ToFloat32(await bytesOf(blobs, key, at(from), at(to)));
    },
  };
}

async function bytesOf(blobs: BlobStore, key: string, startByte: number, endByte: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of await blobs.get(key, { range: { startByte, endByte } })) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
