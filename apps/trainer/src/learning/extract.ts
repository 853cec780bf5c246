import { open, type FileHandle } from 'node:fs/promises';
import { parseWavHeader, pcm16ToFloat32, WavFormatError } from '@earmark/audio';
import { createFeatureExtractor, DEFAULT_FEATURE_SPEC, featureBlocks, type FeatureExtractor } from '@earmark/learning';
import type { ExtractTask } from './protocol.js';

/** Bytes in which a header surely ends. */
const HEADER_BYTES = 4096;
const SAMPLE_BYTES = 2;

let extractor: Promise<FeatureExtractor> | undefined;

/** Computes the features of a canonical WAV file (mono, 16 bit) into a file, block by block. Throws WavFormatError. */
export async function extractToFile({ wavPath, featurePath }: Pick<ExtractTask, 'wavPath' | 'featurePath'>): Promise<void> {
  const features = await (extractor ??= createFeatureExtractor(DEFAULT_FEATURE_SPEC));
  const run = (wave: Float32Array): Promise<Float32Array> => features.extractWave(wave);
  const wav = await open(wavPath, 'r');
  const target = await open(featurePath, 'w');
  try {
    for await (const block of featureBlocks(DEFAULT_FEATURE_SPEC, run, await samplesOf(wav))) {
      await target.appendFile(new Uint8Array(block.features.buffer, block.features.byteOffset, block.features.byteLength));
    }
  } finally {
    await wav.close();
    await target.close();
  }
}

async function samplesOf(wav: FileHandle) {
  const { size } = await wav.stat();
  const head = await readAt(wav, 0, Math.min(size, HEADER_BYTES));
  const { dataOffset, dataBytes, channels, bitsPerSample, sampleRateHz } = parseWavHeader(head);
  if (channels !== 1 || bitsPerSample !== 16 || sampleRateHz !== DEFAULT_FEATURE_SPEC.sampleRateHz) {
    throw new WavFormatError(`the canonical audio is not mono 16 bit at ${DEFAULT_FEATURE_SPEC.sampleRateHz} Hz`);
  }
  const sampleBytes = Math.min(dataBytes ?? Infinity, size - dataOffset);
  const read = async (start: number, end: number): Promise<Float32Array> =>
    pcm16ToFloat32(await readAt(wav, dataOffset + start * SAMPLE_BYTES, (end - start) * SAMPLE_BYTES));
  return { sampleCount: Math.floor(sampleBytes / SAMPLE_BYTES), read };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  if (bytesRead !== length) throw new WavFormatError('the audio is cut off');
  return bytes;
}
