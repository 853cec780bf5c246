import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { synthesize } from '@earmark/synthesis';
import { speechLike } from '@earmark/testkit';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ForkedExtraction } from '../../src/outbound/forked-extraction.js';
import { ForkedLearner } from '../../src/outbound/forked-learner.js';
import type { LearningFile } from '../../src/ports.js';
import { learningProcesses } from '../support/trainer-world.js';

const PIECE_MINUTES = 5;
const HOURS = 10;
/** All features together have 1 GB at 10 hours; beside them the process may have this. */
const ALLOWED_BYTES = 1_000_000_000;
const LONG_MS = 3_600_000;

let folder: string;
let files: LearningFile[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'trainer-memory-'));
  const artifactTypes = ['glitch', 'long_pause'];
  const minute = speechLike({ durationMs: 60_000, seed: 1 });
  const clean = new Float32Array(minute.length * PIECE_MINUTES);
  for (let at = 0; at < clean.length; at += minute.length) clean.set(minute, at);
  const { samples, events } = synthesize(clean, { seed: 'memory', kinds: artifactTypes });
  const [wavPath, featurePath] = ['piece.wav', 'piece.f32'].map((name) => path.join(folder, name)) as [string, string];
  const pcm = float32ToPcm16(samples);
  const header = writeWavHeader({ sampleRateHz: 16_000, channels: 1, bitsPerSample: 16, dataBytes: pcm.byteLength });
  await writeFile(wavPath, Buffer.concat([header, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)]));
  const extraction = new ForkedExtraction({}, new AbortController().signal);
  await extraction.extract(wavPath, featurePath);
  extraction.close();
  const features = await readFile(featurePath);
  files = [];
  for (let i = 0; i < (HOURS * 60) / PIECE_MINUTES; i++) {
    const place = path.join(folder, `${i}.f32`);
    await writeFile(place, features);
    files.push({ fileId: `file ${i}`, group: null, contentId: `${i}`, featurePath: place, audioPath: wavPath, events });
  }
}, LONG_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The most memory the only learning process ever had, in bytes. */
async function peakBytes(): Promise<number> {
  const [pid] = await learningProcesses();
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
}

it(
  `a training on ${HOURS} hours of audio needs at most 1 GB beyond its features on disk`,
  async () => {
    let peak = 0;
    const settings = {
      ...{ artifactTypes: ['glitch', 'long_pause'], epochs: 1, validationSplit: 0.2, learningRate: 0.001, batchSize: 32 },
      ...{
        chunkSizeMs: 500,
        strideMs: 250,
        seed: 1,
        device: 'cpu' as const,
        augment: true,
        earlyStopping: true,
        minStepsPerEpoch: 1,
      },
    } as const;
    await new ForkedLearner({}).learn(
      { device: 'cpu', threads: 2, settings, files, dataHash: 'memory', checkpoint: null },
      {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onEpoch: async () => {
          peak = await peakBytes();
        },
        onRestart: () => Promise.resolve(),
      },
    );
    process.stdout.write(`peak of the learning process: ${(peak / 1e6).toFixed(0)} MB\n`);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(ALLOWED_BYTES);
  },
  LONG_MS,
);
