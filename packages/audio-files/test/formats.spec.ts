import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseWavHeader, pcm16ToFloat32 } from '@earmark/audio';
import { bestFit } from './known-signal.js';
import { fixture, Workshop } from './workshop.js';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop.close());

/** Container, codec, rate, channels, length of the signal, and the longest frame of the codec (0: exact to the sample). */
const formats: readonly [
  name: string,
  container: string,
  codec: string,
  rateHz: number,
  channels: number,
  ms: number,
  frameMs: number,
][] = [
  ['u8.wav', 'wav', 'pcm_u8', 44_100, 2, 80, 0],
  ['s16.wav', 'wav', 'pcm_s16le', 44_100, 2, 80, 0],
  ['s24.wav', 'wav', 'pcm_s24le', 44_100, 2, 80, 0],
  ['s32.wav', 'wav', 'pcm_s32le', 44_100, 2, 80, 0],
  ['f32.wav', 'wav', 'pcm_f32le', 44_100, 2, 80, 0],
  ['f64-mono.wav', 'wav', 'pcm_f64le', 44_100, 1, 80, 0],
  ['alaw-8k.wav', 'wav', 'pcm_alaw', 8_000, 1, 800, 0],
  ['mulaw-8k.wav', 'wav', 'pcm_ulaw', 8_000, 1, 800, 0],
  ['s16-96k.wav', 'wav', 'pcm_s16le', 96_000, 2, 70, 0],
  ['s16.rf64.wav', 'wav', 'pcm_s16le', 44_100, 2, 80, 0],
  ['s16.aiff', 'aiff', 'pcm_s16be', 44_100, 2, 80, 0],
  ['stereo.flac', 'flac', 'flac', 44_100, 2, 200, 0],
  ['flac.ogg', 'ogg', 'flac', 44_100, 2, 150, 0],
  ['stereo.mp3', 'mp3', 'mp3', 44_100, 2, 1_500, 26.2],
  ['vbr-22k-mono.mp3', 'mp3', 'mp3', 22_050, 1, 1_500, 26.2],
  ['stereo.m4a', 'mp4', 'aac', 44_100, 2, 1_500, 23.3],
  ['faststart-mono.m4a', 'mp4', 'aac', 44_100, 1, 1_500, 23.3],
  ['fragmented.mp4', 'mp4', 'aac', 44_100, 2, 1_500, 23.3],
  ['stereo.aac', 'aac', 'aac', 44_100, 2, 1_500, 23.3],
  ['vorbis.ogg', 'ogg', 'vorbis', 44_100, 2, 1_500, 46.5],
  ['opus.ogg', 'ogg', 'opus', 48_000, 2, 1_500, 20],
  ['opus.webm', 'webm', 'opus', 48_000, 2, 1_500, 20],
  ['vorbis.webm', 'webm', 'vorbis', 44_100, 2, 1_500, 46.5],
];

describe('every format decodes to the signal it was made of', () => {
  it.each(formats)('%s', async (name, container, codec, sampleRateHz, channels, ms, frameMs) => {
    const facts = await workshop.verdictOn(await fixture(name));
    if (facts.outcome !== 'decoded') throw new Error(facts.code);
    expect(facts).toMatchObject({ container, codec, sampleRateHz, channels, warnings: [] });
    expect(Math.abs(facts.durationMs - ms)).toBeLessThanOrEqual(frameMs);
    expect(facts.sampleCount).toBeCloseTo((facts.durationMs * sampleRateHz) / 1000, 6);

    const wav = new Uint8Array(await readFile(workshop.canonicalPath));
    const header = parseWavHeader(wav);
    expect(header).toMatchObject({ sampleRateHz: 16_000, channels: 1, bitsPerSample: 16, dataBytes: wav.length - 44 });
    const samples = pcm16ToFloat32(wav.subarray(header.dataOffset));
    expect(samples.length).toBe(facts.canonicalSampleCount);
    const { correlation, shift } = bestFit(samples, Math.ceil(16 * frameMs) + 1);
    // What is lossless must be the signal; ffmpeg's own AAC encoder bends a sweep at these rates.
    expect(correlation).toBeGreaterThan(frameMs > 0 ? 0.95 : 0.995);
    expect(Math.abs(shift)).toBeLessThanOrEqual(16 * frameMs);

    const peaks = JSON.parse(await readFile(workshop.peaksPath, 'utf8')) as {
      sample_count: number;
      levels: { min_max: number[] }[];
    };
    expect(peaks.sample_count).toBe(samples.length);
    expect(peaks.levels[0]?.min_max).toHaveLength(2 * Math.ceil(samples.length / 160));
    const loudest = Math.max(...(peaks.levels[0]?.min_max ?? []));
    expect(Math.abs(loudest - Math.max(...samples) * 32_768)).toBeLessThanOrEqual(1);
  });
});
