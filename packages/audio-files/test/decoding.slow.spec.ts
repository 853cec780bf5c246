import { open } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { damaged, wavFile } from './hostile-files.js';
import { fixture, Workshop } from './workshop.js';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
});
afterAll(() => workshop.close());

const formats = [
  's16.wav',
  's16.aiff',
  'stereo.mp3',
  'stereo.m4a',
  'fragmented.mp4',
  'stereo.aac',
  'vorbis.ogg',
  'opus.ogg',
  'flac.ogg',
];

describe('decoding at length', () => {
  it('two hours of stereo at 44.1 kHz need no more memory than two minutes', async () => {
    const file = path.join(workshop.folder, 'two-hours.wav');
    const dataBytes = 7_200 * 44_100 * 4;
    const handle = await open(file, 'w');
    await handle.write(wavFile({ channels: 2, sampleRateHz: 44_100, declaredDataBytes: dataBytes }));
    await handle.truncate(44 + dataBytes);
    await handle.close();
    const verdict = await workshop.verdictOnFile(file);
    expect(verdict).toMatchObject({ outcome: 'decoded', durationMs: 7_200_000, warnings: ['silent'] });
  });

  it.each([...formats, 'stereo.flac', 'opus.webm', 'vorbis.webm'])(
    'damage anywhere in %s never costs more than a verdict',
    async (name) => {
      const bytes = await fixture(name);
      for (let seed = 1; seed <= 40; seed++) {
        const count = [1, 5, 50, 500][seed % 4] ?? 1;
        const verdict = await workshop.verdictOn(damaged(bytes, { count, seed }));
        expect(['decoded', 'rejected']).toContain(verdict.outcome);
      }
    },
  );

  it.each([...formats, 'stereo.flac', 'opus.webm', 'vorbis.webm'])('%s may end anywhere', async (name) => {
    const bytes = await fixture(name);
    for (let part = 1; part < 20; part++) {
      const verdict = await workshop.verdictOn(bytes.subarray(0, Math.floor((part * bytes.length) / 20)));
      expect(['decoded', 'rejected']).toContain(verdict.outcome);
    }
  });
});
