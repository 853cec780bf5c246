import path from 'node:path';
import {
  createOrtEngine,
  createTfjsGpuEngine,
  DEFAULT_FEATURE_SPEC,
  featureCountOf,
  readDetectorManifest,
  resolveTrainingConfig,
  trainDetector,
  type EpochReport,
  type TrainDetectorRequest,
  type TrainingEngine,
  type TrainingFile,
} from '@earmark/learning';
import type { TrainingSettings } from '../domain/training-settings.js';
import type { Epoch, LearningFile, LearningRequest, LearningResult } from '../ports.js';
import { evalMetricsOf } from './eval-metrics.js';
import { audioInFile } from './audio-in-file.js';
import { FeatureFileShelf } from './feature-file-shelf.js';
import { featuresInFile } from './features-in-file.js';
import { modelManifestOf } from './model-manifest.js';
import type { FromChild } from './protocol.js';
import { versions } from './versions.js';

/** How messages leave. */
export interface Courier {
  send(message: FromChild): Promise<void>;
  /** Resolves when the trainer answers that the epoch is stored. */
  sendAndWait(message: FromChild): Promise<void>;
}

const FEATURE_COUNT = featureCountOf(DEFAULT_FEATURE_SPEC);

/** Epochs without a lower validation loss before early stopping ends a training. */
const PATIENCE = 8;

/** Trains, evaluates and exports as asked, telling the trainer about progress and epochs. */
export async function learn(request: LearningRequest, courier: Courier): Promise<LearningResult> {
  const shelf = new FeatureFileShelf(path.dirname(request.files[0]?.featurePath ?? ''), FEATURE_COUNT);
  const task: TrainDetectorRequest = {
    engine: engineFor(request.device),
    threads: request.threads,
    config: configOf(request.settings),
    files: await Promise.all(request.files.map(trainingFile)),
    shelf,
    dataHash: request.dataHash,
    versions,
  };
  const trained = await trainFrom(task, request.checkpoint, courier).finally(() => shelf.close());
  const { settings } = request;
  return {
    model: trained.model,
    manifest: modelManifestOf(readDetectorManifest(trained.model), request.device),
    metrics: evalMetricsOf(trained.evaluation, { seed: settings.seed, smallData: trained.split.smallData }),
    epochs: trained.history.map(toEpoch),
    bestEpoch: trained.bestEpoch,
    parity: trained.parity,
    splitBy: trained.split.unit,
  };
}

/** A checkpoint that is refused before the first step (made by another version) is left aside, and learning starts over. */
async function trainFrom(task: TrainDetectorRequest, checkpoint: Uint8Array | null, courier: Courier) {
  let hasBegun = false;
  let told = -1;
  const hooks = {
    onProgress: (share: number): void => {
      hasBegun = true;
      const percent = Math.floor(share * 100);
      if (percent <= told) return;
      told = percent;
      void courier.send({ kind: 'progress', share });
    },
    onEpoch: (report: EpochReport, bytes: () => Uint8Array): Promise<void> =>
      courier.sendAndWait({ kind: 'epoch', epoch: toEpoch(report), checkpoint: bytes() }),
  };
  if (checkpoint === null) return trainDetector(task, hooks);
  try {
    return await trainDetector({ ...task, checkpoint }, hooks);
  } catch (error) {
    if (hasBegun || !isRefusedCheckpoint(error)) throw error;
    await courier.sendAndWait({ kind: 'restarted' });
    return trainDetector(task, hooks);
  }
}

function isRefusedCheckpoint(error: unknown): boolean {
  return error instanceof Error && error.message.includes('checkpoint');
}

function engineFor(device: string): TrainingEngine {
  if (device === 'tfjs-gpu') return createTfjsGpuEngine();
  return createOrtEngine(device as Exclude<TrainingEngine['device'], 'tfjs-gpu'>);
}

function configOf({ device: _device, earlyStopping, ...settings }: TrainingSettings) {
  return resolveTrainingConfig({ ...settings, earlyStoppingPatience: earlyStopping ? PATIENCE : null });
}

async function trainingFile({ fileId, group, contentId, featurePath, audioPath, events }: LearningFile): Promise<TrainingFile> {
  const features = featuresInFile(featurePath, FEATURE_COUNT);
  const audio = audioPath === null ? {} : { audio: await audioInFile(audioPath) };
  return { fileId, contentId, features, ...audio, events, ...(group === null ? {} : { group }) };
}

function toEpoch({ epoch, trainLoss, valLoss, valF1 }: EpochReport): Epoch {
  return { epoch, trainLoss, valLoss, valF1 };
}
