// How many times faster than real time one core decodes, mixes, resamples and writes: `node bench/decode.mjs [FILE…]`.
// Without files it makes five minutes of stereo at 44.1 kHz as WAV, and, where ffmpeg is there, as MP3, FLAC, AAC,
// Vorbis and Opus. Processor time is counted, not wall clock; the resampler alone is the baseline of the same run.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StreamingResampler } from '@earmark/audio';
import { decodeFile } from '@earmark/audio-files/decoding';

const seconds = 300;
const rateHz = 44_100;
const targets = { wav: 500, mp3: 300, flac: 150 };
const folder = mkdtempSync(path.join(tmpdir(), 'decode-bench-'));

const cpuSeconds = async (work) => {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, result];
};

const makeWav = () => {
  const file = path.join(folder, 'stereo.wav');
  const samples = new Int16Array(2 * seconds * rateHz);
  for (let i = 0; i < samples.length; i++) {
    const noise = (Math.imul(i, 2_654_435_761) >>> 16) - 32_768;
    samples[i] = 6_000 * Math.sin((i >> 1) / 20) * (1 + Math.sin((i >> 1) / 9_000)) + noise / 30;
  }
  const header = Buffer.from('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\0\0\0\0\0\0\0\0\x04\0\x10\0data\0\0\0\0', 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(4 * rateHz, 28);
  header.writeUInt32LE(samples.byteLength, 40);
  writeFileSync(file, Buffer.concat([header, Buffer.from(samples.buffer)]));
  return file;
};

const makeFiles = () => {
  const wav = makeWav();
  if (spawnSync('ffmpeg', ['-version']).error) return [wav];
  const encoded = ['stereo.mp3', 'stereo.flac', 'stereo.m4a', 'vorbis.ogg', 'stereo.opus'].map((name) => path.join(folder, name));
  for (const file of encoded)
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wav, ...(file.endsWith('.ogg') ? ['-c:a', 'libvorbis'] : []), file]);
  const speech = path.join(folder, 'mono-16k.wav');
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wav, '-ac', '1', '-ar', '16000', speech]);
  return [wav, speech, ...encoded];
};

try {
  const files = process.argv.length > 2 ? process.argv.slice(2) : makeFiles();
  const [baseline] = await cpuSeconds(() => {
    const resampler = new StreamingResampler({ fromHz: rateHz, toHz: 16_000 });
    const block = Float32Array.from({ length: 16_384 }, (_, i) => Math.sin(i));
    for (let done = 0; done < seconds * rateHz; done += block.length) resampler.push(block);
  });
  console.log(`${'resampler alone, 44.1 kHz'.padEnd(28)} ${(seconds / baseline).toFixed(0).padStart(5)} x real time`);
  for (const sourcePath of files) {
    const order = {
      sourcePath,
      audioPath: path.join(folder, 'out.wav'),
      peaksPath: path.join(folder, 'out.json'),
      bounds: { maxDurationMs: Infinity, maxChannels: 32 },
    };
    const [cpu, facts] = await cpuSeconds(() => decodeFile(order));
    const speed = facts.durationMs / 1000 / cpu;
    const target = targets[facts.container];
    const name = `${path.basename(sourcePath)} (${facts.codec}, ${facts.sampleRateHz} Hz)`;
    console.log(`${name.padEnd(44)} ${speed.toFixed(0).padStart(5)} x real time${target ? `, target ${target}` : ''}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
