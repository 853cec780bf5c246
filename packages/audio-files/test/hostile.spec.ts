import { open } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { box, damaged, floatBytes, noiseBytes, silentFlac, tone16, wavFile, webmWithCodecId } from './hostile-files.js';
import { fixture, Workshop } from './workshop.js';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop.close());

/** A file, and a failure code or the warnings it is ready with. */
type Case = readonly [what: string, bytes: () => Uint8Array | Promise<Uint8Array>, expected: string | readonly string[]];

const tone = (samples: number) => wavFile({ data: tone16(samples) });
const share = async (name: string, left: number) => {
  const bytes = await fixture(name);
  return bytes.subarray(0, Math.floor(left * bytes.length));
};

const cases: readonly Case[] = [
  ['0 bytes', () => new Uint8Array(0), 'empty'],
  ['a header without samples', () => wavFile({}), 'empty'],
  ['an ID3 tag and nothing else', () => Buffer.from('ID3\x04\0\0\0\0\0\0'), 'empty'],
  ['one sample', () => wavFile({ data: tone16(1) }), ['silent']],
  ['one loud sample at 44.1 kHz', () => wavFile({ sampleRateHz: 44_100, data: Uint8Array.of(0, 64) }), []],
  ['silence', () => wavFile({ data: new Uint8Array(32_000) }), ['silent']],
  ['a text file named .wav', () => Buffer.from('Dear listener,\nthere is nothing to hear.\n'), 'no_audio'],
  ['HTML named .mp3', () => Buffer.from('<!doctype html><title>404</title>'), 'no_audio'],
  ['a zip archive', () => Buffer.concat([Buffer.from('PK\x03\x04'), noiseBytes(500)]), 'no_audio'],
  ['an MP4 with a picture track only', () => pictureOnlyMp4(), 'no_audio'],
  ['noise', () => noiseBytes(50_000), 'undecodable'],
  ['a WAV header over ADPCM', () => wavFile({ formatTag: 2, bitsPerSample: 4, data: noiseBytes(500) }), 'undecodable'],
  ['not-a-number samples', () => wavFile({ formatTag: 3, bitsPerSample: 32, data: floatBytes([0, NaN, 0]) }), 'undecodable'],
  ['infinite samples', () => wavFile({ formatTag: 3, bitsPerSample: 32, data: floatBytes([-Infinity]) }), 'undecodable'],
  ['samples of 10^30', () => wavFile({ formatTag: 3, bitsPerSample: 32, data: floatBytes([0, 1e30]) }), 'undecodable'],
  ['a WAV cut to half', () => tone(16_000).subarray(0, 16_044), 'truncated'],
  ['a WAV cut to 97 %', () => tone(16_000).subarray(0, 31_084), ['truncated']],
  ['a WAV cut within its header', () => tone(16_000).subarray(0, 30), 'truncated'],
  ['a FLAC cut to half', () => silentFlac(10, { declareLength: true }).subarray(0, 900), 'truncated'],
  ['an MP3 cut to half', () => share('stereo.mp3', 0.5), 'truncated'],
  ['an M4A whose tables were cut off', () => share('stereo.m4a', 0.5), 'truncated'],
  ['an M4A cut behind its tables', () => share('faststart-mono.m4a', 0.6), 'truncated'],
  ['a WebM whose codec id has 600,000 letters', () => webmWithCodecId(600_000), 'truncated'],
  ['a WebM cut to half', () => share('opus.webm', 0.5), 'truncated'],
  ['an Ogg file without its last page', () => share('opus.ogg', 0.8), ['truncated']],
  ['an Ogg file cut before its first audio page', () => share('vorbis.ogg', 0.5), 'truncated'],
  ['a declared size of 4 GB', () => wavFile({ declaredDataBytes: 4_000_000_000, data: tone16(800) }), 'truncated'],
  ['an unknown size, as pipes write it', () => wavFile({ declaredDataBytes: 0xffff_ffff, data: tone16(800) }), []],
  ['a rate of 0 Hz', () => wavFile({ sampleRateHz: 0, data: tone16(800) }), 'bad_sample_rate'],
  ['a rate of 4 GHz', () => wavFile({ sampleRateHz: 4_000_000_000, data: tone16(800) }), 'bad_sample_rate'],
  ['100 channels', () => wavFile({ channels: 100, data: tone16(8_000) }), 'too_many_channels'],
  ['65,535 channels', () => wavFile({ channels: 65_535, bitsPerSample: 8, data: noiseBytes(65_535) }), 'too_many_channels'],
  ['32 channels', () => wavFile({ channels: 32, data: tone16(32 * 160) }), []],
  ['10 hours of silence in 6 MB of FLAC', () => silentFlac(36_000, { declareLength: true }), 'too_long'],
];

describe('every hostile file gets its verdict', () => {
  it.each(cases)('%s', async (_what, bytes, expected) => {
    const verdict = await workshop.verdictOn(await bytes());
    if (typeof expected === 'string') expect(verdict).toMatchObject({ outcome: 'rejected', code: expected });
    else expect(verdict).toMatchObject({ outcome: 'decoded', warnings: expected });
  });

  it('one sample stays one sample', async () => {
    const verdict = await workshop.verdictOn(wavFile({ sampleRateHz: 44_100, data: Uint8Array.of(0, 64) }));
    expect(verdict).toMatchObject({ sampleCount: 1, canonicalSampleCount: 1 });
  });

  it('a WAV of 28 hours in 100 MB is too long', async () => {
    const file = path.join(workshop.folder, 'bomb.wav');
    const handle = await open(file, 'w');
    await handle.write(wavFile({ sampleRateHz: 1_000, bitsPerSample: 8, declaredDataBytes: 100_000_000 }));
    await handle.truncate(100_000_044);
    await handle.close();
    const verdict = await workshop.verdictOnFile(file, { maxDurationMs: 600_000 });
    expect(verdict).toMatchObject({ outcome: 'rejected', code: 'too_long' });
  });

  it('tables that ask for four billion entries hit the memory limit, or are refused before', async () => {
    const bytes = Buffer.from(await fixture('faststart-mono.m4a'));
    const sizes = bytes.indexOf('stsz');
    bytes.writeUInt32BE(1, sizes + 8);
    bytes.writeUInt32BE(0xffff_ffff, sizes + 12);
    const verdict = await workshop.verdictOn(bytes);
    expect(verdict.outcome).toBe('rejected');
    expect(['undecodable', 'truncated', 'limits_exceeded']).toContain((verdict as { code: string }).code);
  });

  it.each(['stereo.mp3', 'stereo.aac', 'stereo.m4a', 'opus.ogg', 'vorbis.ogg', 'opus.webm', 'stereo.flac'])(
    'damage within %s is decoded around or refused, and never more',
    async (name) => {
      const bytes = await fixture(name);
      for (const seed of [1, 2]) {
        const verdict = await workshop.verdictOn(damaged(bytes, { count: 200, from: 1_500, seed }));
        if (verdict.outcome === 'decoded') expect(verdict.durationMs).toBeLessThan(2_000);
        else expect(['undecodable', 'truncated', 'limits_exceeded', 'no_audio']).toContain(verdict.code);
      }
    },
  );

  it('10 hours of silence without a declared length need no more memory than ten minutes', async () => {
    const before = process.memoryUsage().rss;
    const verdict = await workshop.verdictOn(silentFlac(36_000, { declareLength: false }), {
      maxDurationMs: 300_000,
    });
    expect(verdict).toMatchObject({ outcome: 'rejected', code: 'too_long' });
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1_048_576);
  });
});

function pictureOnlyMp4(): Uint8Array {
  const handler = Buffer.alloc(24);
  handler.write('vide', 8);
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\0\0isom')),
    box('moov', box('trak', box('mdia', box('hdlr', handler)))),
  ]);
}
