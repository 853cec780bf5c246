#!/usr/bin/env node
// Trains a detector on a folder of labelled WAV files and scores it on others, printing event-based figures.
//   node bench/train-and-score.mjs --data DIR [--threads 2] [--epochs 20] [--seed 1] [--model out.onnx] [--detections out.json]
// Layout of DIR: {train,test}/NAME.wav (16 kHz mono PCM16) and {train,test}.json: [{file, voice?, events: [{type, start_ms, end_ms, sub?}]}]
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseWavHeader, pcm16ToFloat32 } from '@earmark/audio';
import {
  contextFramesOf,
  createFeatureExtractor,
  createOrtEngine,
  DEFAULT_FEATURE_SPEC,
  defaultNetwork,
  detectionsFrom,
  featureCountOf,
  featuresInMemory,
  readDetectorManifest,
  resolveTrainingConfig,
  scoreFile,
  trainDetector,
} from '@earmark/learning';
import { createSession } from '@earmark/onnx-runtime';
import { evaluateEvents } from '@earmark/sound-events';

const { values: args } = parseArgs({
  options: {
    data: { type: 'string' },
    threads: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    'learning-rate': { type: 'string', default: '0.001' },
    dilations: { type: 'string' },
    model: { type: 'string' },
    detections: { type: 'string' },
  },
});
if (!args.data) throw new Error('--data DIR is required');
const seconds = (since) => ((performance.now() - since) / 1000).toFixed(1);

function load(split) {
  const clips = JSON.parse(fs.readFileSync(path.join(args.data, `${split}.json`), 'utf8'));
  return clips.map((clip) => ({
    fileId: clip.file,
    group: clip.voice,
    wave: readWave(path.join(args.data, split, clip.file)),
    events: clip.events.map((event) => ({
      artifactType: event.type,
      startMs: event.start_ms,
      endMs: event.end_ms,
      kind: event.sub,
    })),
  }));
}

function readWave(file) {
  const bytes = fs.readFileSync(file);
  const { dataOffset, dataBytes } = parseWavHeader(bytes);
  return pcm16ToFloat32(bytes.subarray(dataOffset, dataBytes === undefined ? bytes.length : dataOffset + dataBytes));
}

const threads = Number(args.threads);
const train = load('train');
const artifactTypes = [...new Set(train.flatMap((clip) => clip.events.map((event) => event.artifactType)))].sort();

let since = performance.now();
const extractor = await createFeatureExtractor(DEFAULT_FEATURE_SPEC, { threads });
const files = [];
for (const { wave, ...clip } of train) {
  const features = featuresInMemory(await extractor.extractWave(wave), featureCountOf(DEFAULT_FEATURE_SPEC));
  const audio = { sampleCount: wave.length, read: async (start, end) => wave.slice(start, end) };
  files.push({ ...clip, features, audio });
}
await extractor.close();
console.log(`features of ${train.length} files: ${seconds(since)} s`);

since = performance.now();
const result = await trainDetector(
  {
    engine: createOrtEngine(),
    threads,
    config: resolveTrainingConfig({
      artifactTypes,
      epochs: Number(args.epochs),
      seed: Number(args.seed),
      learningRate: Number(args['learning-rate']),
    }),
    files,
    dataHash: 'bench',
    versions: {},
    ...(args.dilations
      ? { network: (task) => ({ ...defaultNetwork(task), dilations: args.dilations.split(',').map(Number) }) }
      : {}),
  },
  {
    onEpoch: ({ epoch, trainLoss, valLoss, valF1 }) =>
      console.log(
        `epoch ${epoch}: train ${trainLoss.toFixed(4)} val ${valLoss.toFixed(4)} F1 ${valF1.toFixed(3)} at ${seconds(since)} s`,
      ),
  },
);
console.log(`training: ${seconds(since)} s, best epoch ${result.bestEpoch}, split by ${result.split.unit}`);
if (args.model) fs.writeFileSync(args.model, result.model);

const manifest = readDetectorManifest(result.model);
const session = await createSession(result.model, { threads: 1 });
const judged = [];
const detectionsByFile = {};
let audioSeconds = 0;
since = performance.now();
for (const clip of load('test')) {
  const audio = { sampleCount: clip.wave.length, read: (start, end) => clip.wave.subarray(start, end) };
  const durationMs = clip.wave.length / 16;
  const detections = detectionsFrom(manifest, await scoreFile(manifest, (feeds) => session.run(feeds), audio), durationMs);
  audioSeconds += durationMs / 1000;
  judged.push({ durationMs, references: clip.events, detections });
  detectionsByFile[clip.fileId] = detections.map((d) => ({
    artifact_type: d.artifactType,
    start_ms: d.startMs,
    end_ms: d.endMs,
    confidence: d.confidence,
  }));
}
console.log(
  `detection, one thread: ${(audioSeconds / Number(seconds(since))).toFixed(0)} x real time, context ${contextFramesOf(manifest.network)} frames`,
);
await session.close();
if (args.detections) fs.writeFileSync(args.detections, JSON.stringify(detectionsByFile));

const report = evaluateEvents(judged, artifactTypes);
const row = (m) => `P ${m.precision.toFixed(3)} R ${m.recall.toFixed(3)} F1 ${m.f1Score.toFixed(3)}`;
for (const type of artifactTypes) {
  const [held, test] = [result.evaluation.report.perType[type], report.perType[type]];
  console.log(
    `${type.padEnd(14)} threshold ${manifest.thresholds[type].toFixed(2)} | validation ${row(held)} | test ${row(test)}` +
      ` n ${test.support} false/h ${test.falseAlarmsPerHour.toFixed(1)} tight ${test.boundaryAccuracy.toFixed(2)}`,
  );
}
console.log(
  `macro event-F1: validation ${result.evaluation.report.macro.f1Score.toFixed(3)}, test ${report.macro.f1Score.toFixed(3)}`,
);
