import { pcm16ToFloat32 } from './pcm.js';
import { parseWavHeader, wavHeaderSizeBytes } from './wav.js';

/** Mono samples of a file, read by stretches so that its length costs no memory. */
export interface SampleSource {
  readonly sampleCount: number;
  /** Samples [startSample, endSample), -1 to just below 1. */
  read(startSample: number, endSample: number): Promise<Float32Array>;
}

/** Reads bytes [startByte, endByte) of a file. */
export type ByteReader = (startByte: number, endByte: number) => Promise<Uint8Array>;

const bytesPerSample = 2;

/**
 * Opens canonical audio (16-bit mono WAV) of `sizeBytes` bytes behind a reader of byte ranges.
 * @throws WavFormatError when it is something else
 */
export async function openCanonicalAudio(readBytes: ByteReader, sizeBytes: number): Promise<SampleSource> {
  const header = parseWavHeader(await readBytes(0, Math.min(sizeBytes, wavHeaderSizeBytes)));
  const sampleCount = Math.max(0, Math.floor((sizeBytes - header.dataOffset) / bytesPerSample));
  const byteOf = (sample: number): number => header.dataOffset + sample * bytesPerSample;
  return {
    sampleCount,
    read: async (startSample, endSample) => {
      const end = Math.min(endSample, sampleCount);
      return end <= startSample ? new Float32Array(0) : pcm16ToFloat32(await readBytes(byteOf(startSample), byteOf(end)));
    },
  };
}
