// From a file to its detections on one core: decode, mix, resample, features, network, post-processing. Processor time is counted.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { float32ToPcm16, openCanonicalAudio, writeWavHeader } from '@earmark/audio';
import { detectionsFrom, readDetectorManifest, scoreFile } from '@earmark/learning';
import { createSession } from '@earmark/onnx-runtime';
import { speechLike } from '@earmark/testkit';
import { decodeFile } from '../../../apps/ingest/dist/decoding/decode-file.js';
import { trainSmallDetector } from './small-detector.mjs';

const MINUTES = 10;
const RATE_HZ = 44_100;
/** What the product promises per core, × real time. */
const TARGETS = { 'speech.wav': 500, 'speech.mp3': 300, 'speech.flac': 150 };

/** Prints the export's parity, and × real time of the model alone (the baseline) and from each format. */
export async function measure() {
  const { model, parity } = await trainSmallDetector();
  console.log(`exported ONNX (${(model.length / 1e6).toFixed(2)} MB) in another process: max abs diff ${parity}, limit 1e-5`);
  const manifest = readDetectorManifest(model);
  const session = await createSession(model);
  const run = (feeds) => session.run(feeds);
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'earmark-bench-'));
  try {
    const files = await makeFiles(folder);
    const detect = async (audio) =>
      detectionsFrom(manifest, await scoreFile(manifest, run, audio), (1000 * audio.sampleCount) / 16_000);
    await detect(inMemory(20)); // the first run of a session allocates
    const whole = inMemory(60 * MINUTES);
    const alone = await cpuSeconds(() => detect(whole));
    console.log(speedLine('model and post-processing alone', 60 * MINUTES, alone));
    for (const file of files) await measureFile(file, { folder, detect, alone });
  } finally {
    await session.close();
    await fs.rm(folder, { recursive: true });
  }
}

async function measureFile(file, { folder, detect, alone }) {
  const audioPath = path.join(folder, 'canonical.wav');
  const order = { sourcePath: file, audioPath, peaksPath: path.join(folder, 'peaks.json'), declared: {}, bounds: { maxDurationMs: Infinity, maxChannels: 32 } }; // prettier-ignore
  const seconds = await cpuSeconds(async () => {
    await decodeFile(order, () => {});
    const handle = await fs.open(audioPath, 'r');
    const readBytes = async (start, end) => (await handle.read(Buffer.alloc(end - start), 0, end - start, start)).buffer;
    await detect(await openCanonicalAudio(readBytes, (await handle.stat()).size));
    await handle.close();
  });
  const target = TARGETS[path.basename(file)];
  const verdict = target ? `, target ${target}: ${(60 * MINUTES) / seconds >= target ? 'met' : 'missed'}` : '';
  console.log(
    `${speedLine(path.basename(file), 60 * MINUTES, seconds)}, ${(seconds / alone).toFixed(2)} × the model alone${verdict}`,
  );
}

const speedLine = (name, audioSeconds, seconds) =>
  `${name.padEnd(32)} ${(audioSeconds / seconds).toFixed(0).padStart(5)} × real time`;

function inMemory(seconds) {
  const wave = speechLike({ durationMs: 1000 * seconds });
  return { sampleCount: wave.length, read: (start, end) => wave.subarray(start, end) };
}

/** Stereo at 44.1 kHz and mono at 16 kHz as WAV; MP3 and FLAC where ffmpeg can make them. */
async function makeFiles(folder) {
  const wav = path.join(folder, 'speech.wav');
  const mono = path.join(folder, 'mono-16k.wav');
  await writeWav(wav, RATE_HZ, 2);
  await writeWav(mono, 16_000, 1);
  if (spawnSync('ffmpeg', ['-version']).error) return [wav, mono];
  const encoded = ['speech.mp3', 'speech.flac'].map((name) => path.join(folder, name));
  for (const file of encoded) execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wav, file]);
  return [wav, mono, ...encoded];
}

async function writeWav(file, sampleRateHz, channels) {
  const mono = speechLike({ durationMs: 60_000 * MINUTES, sampleRateHz });
  const samples = new Float32Array(mono.length * channels).map((_, i) => mono[Math.floor(i / channels)]);
  const data = float32ToPcm16(samples);
  const header = writeWavHeader({ sampleRateHz, channels, bitsPerSample: 16, dataBytes: data.byteLength });
  await fs.writeFile(file, Buffer.concat([header, data]));
}

async function cpuSeconds(work) {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
