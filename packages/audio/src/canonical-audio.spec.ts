import { describe, expect, it } from '@jest/globals';
import { openCanonicalAudio } from './canonical-audio.js';
import { float32ToPcm16, pcm16ToFloat32 } from './pcm.js';
import { WavFormatError, writeWavHeader } from './wav.js';

const samples = pcm16ToFloat32(float32ToPcm16(Float32Array.from({ length: 50 }, (_, i) => Math.sin(i))));
const data = float32ToPcm16(samples);
const header = writeWavHeader({ sampleRateHz: 16_000, channels: 1, bitsPerSample: 16, dataBytes: data.length });
const file = new Uint8Array([...header, ...data]);
const readBytes = async (start: number, end: number) => file.subarray(start, end);

describe('canonical audio', () => {
  it('is read by stretches', async () => {
    const audio = await openCanonicalAudio(readBytes, file.length);
    expect(audio.sampleCount).toBe(50);
    expect(await audio.read(10, 20)).toEqual(samples.slice(10, 20));
  });

  it('ends where it ends', async () => {
    const audio = await openCanonicalAudio(readBytes, file.length);
    expect(await audio.read(45, 90)).toEqual(samples.slice(45));
    expect(await audio.read(50, 60)).toHaveLength(0);
  });

  it('is refused when it is no WAV', async () => {
    await expect(openCanonicalAudio(async () => new Uint8Array(44), 44)).rejects.toThrow(WavFormatError);
  });
});
