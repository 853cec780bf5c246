// Artifacts in a 16 kHz mono 16-bit WAV file, found by a downloaded model with ONNX Runtime alone:  node detect.mjs model.onnx audio.wav
import fs from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { readMetadata } from './metadata.mjs';

const [modelFile, wavFile] = process.argv.slice(2);
const about = readMetadata(fs.readFileSync(modelFile));
const [labels, thresholds, { mergeWindowMs }] = [about.labels, about.thresholds, about.post_processing].map((text) =>
  JSON.parse(text),
);
const [frameMs, chunkMs, strideMs, rateHz] = [about.frame_ms, about.chunk_size_ms, about.stride_ms, about.sample_rate_hz].map(
  Number,
);

const wav = fs.readFileSync(wavFile);
const pcm = wav.subarray(wav.indexOf('data', 12) + 8);
const wave = new Float32Array(Math.max(pcm.length / 2, (chunkMs * rateHz) / 1000)); // at least one chunk
for (let i = 0; i < pcm.length >> 1; i++) wave[i] = pcm.readInt16LE(2 * i) / 32_768;

const session = await InferenceSession.create(modelFile, { logSeverityLevel: 3 });
const { chunk_scores } = await session.run({ wave: new Tensor('float32', wave, [1, wave.length]) }); // [1, chunks, labels], 0 to 1
labels.forEach((label, column) => {
  const scores = chunk_scores.data.filter((_, i) => i % labels.length === column);
  const found = [];
  for (let startMs = 0; startMs < (1000 * wave.length) / rateHz; startMs += frameMs) {
    const middleMs = startMs + frameMs / 2;
    const first = Math.max(0, Math.floor((middleMs - chunkMs) / strideMs) + 1);
    const covering = scores.slice(first, Math.floor(middleMs / strideMs) + 1); // the chunks that hold this moment: their mean counts
    const score = covering.reduce((sum, value) => sum + value, 0) / covering.length;
    if (!(score >= thresholds[label])) continue;
    const open = found.at(-1);
    const isNear = open && startMs - open.endMs <= mergeWindowMs;
    if (isNear) Object.assign(open, { endMs: startMs + frameMs, score: Math.max(open.score, score) });
    else found.push({ startMs, endMs: startMs + frameMs, score });
  }
  for (const { startMs, endMs, score } of found)
    console.log(`${(startMs / 1000).toFixed(2)} - ${(endMs / 1000).toFixed(2)} s  ${label}  ${score.toFixed(2)}`);
});
