import { createHash } from 'node:crypto';
import {
  crossFitThresholds,
  evaluateSegments,
  fitPlatt,
  refineByEvidence,
  splitFiles,
  type AffineCalibration,
  type CrossFit,
  type SegmentReport,
  type Split,
  type SweepSettings,
} from '@earmark/sound-events';
import { DEFAULT_ADAM } from './autodiff/adam.js';
import { greatestCommonDivisor } from './autodiff/chunk-pool.js';
import type { TrainingDefinition, TrainingEngine, TrainingSession } from './engine.js';
import { scoreStretch, toScoredFile, type JudgedStretch } from './evaluation/score-stretch.js';
import { chunkLabelsOf, scoreValidation } from './evaluation/validation-score.js';
import type { PostProcessingDefaults } from './export/detector-metadata.js';
import { exportDetector, type TrainedDetector } from './export/export-detector.js';
import { verifyExport } from './export/verify-export.js';
import { canonicalJson, DEFAULT_FEATURE_SPEC, featureCountOf, featureFloors, frameMsOf } from './features/feature-spec.js';
import { createFeatureExtractor, type FeatureExtractor } from './features/feature-extractor.js';
import { defaultNetwork, type NetworkSpec } from './network/network-spec.js';
import { decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.js';
import { fit } from './training/fit.js';
import type { EpochReport } from './training/fit-state.js';
import { measureNoiseTexture } from './training/noise-texture.js';
import { measureNormalisation } from './training/normalisation.js';
import { stretchesOf, type Stretch, type TrainingFile } from './training/stretch.js';
import type { TrainingConfig } from './training/training-config.js';
import type { LabelGeometry } from './training/window-labels.js';

/** Context that a training window shows around its chunks. */
const WINDOW_MS = 3000;
const FRAME_LOSS_WEIGHT = 0.5;

export const DEFAULT_POST_PROCESSING: PostProcessingDefaults = {
  mergeWindowMs: 200,
  minDurationMs: 50,
  boundaryShare: 0.5,
  boundaryMarginMs: 0,
};

export interface TrainDetectorRequest {
  readonly engine: TrainingEngine;
  /** Results are byte-identical for the same number, ≥ 1. */
  readonly threads: number;
  readonly config: TrainingConfig;
  /** Features must be those of `DEFAULT_FEATURE_SPEC`. */
  readonly files: readonly TrainingFile[];
  /** SHA-256 of the data's manifest; goes into the model and guards checkpoints. */
  readonly dataHash: string;
  readonly versions: Readonly<Record<string, string>>;
  /** A checkpoint of this same training. */
  readonly checkpoint?: Uint8Array;
  /** For experiments; default `defaultNetwork`. */
  readonly network?: (task: Pick<NetworkSpec, 'featureCount' | 'typeCount' | 'grid'>) => NetworkSpec;
}

export interface TrainDetectorHooks {
  /** Checked before every step. */
  readonly signal?: AbortSignal;
  /** After every epoch; `checkpoint` makes the bytes to resume from. Awaited. */
  readonly onEpoch?: (report: EpochReport, checkpoint: () => Uint8Array) => void | Promise<void>;
  /** Share of the fit done, 0-1, after every step. */
  readonly onProgress?: (share: number) => void;
}

export interface DetectorEvaluation {
  /** Thresholds, and event-based figures that no file chose its own threshold for. */
  readonly events: CrossFit;
  readonly segments: SegmentReport;
  readonly settings: Required<Pick<SweepSettings, 'collarMs' | 'boundaryMs'>> & PostProcessingDefaults;
}

export interface TrainDetectorResult {
  /** The ONNX file. */
  readonly model: Uint8Array;
  readonly history: readonly EpochReport[];
  readonly bestEpoch: number;
  readonly evaluation: DetectorEvaluation;
  /** Largest difference of any score between the file, run in another process, and the trainer; ≤ 1e-5. */
  readonly parity: number;
  readonly split: Pick<Split, 'unit' | 'smallData'>;
}

/** Trains, calibrates, evaluates and exports a detector from cached features and annotations. */
export async function trainDetector(request: TrainDetectorRequest, hooks: TrainDetectorHooks = {}): Promise<TrainDetectorResult> {
  const plan = planTraining(request);
  const session = await request.engine.open(plan.definition, { threads: request.threads });
  const extractor = await createFeatureExtractor(DEFAULT_FEATURE_SPEC);
  try {
    const best = await fitPlan(request, hooks, plan, { session, extractor });
    const judged = await judge(plan, session, best.parameters, hooks.signal);
    const calibrations = fitCalibrations(judged, plan.labels);
    const evaluation = evaluate(judged, plan.labels, calibrations, request.config.seed);
    const detector: TrainedDetector = {
      featureSpec: DEFAULT_FEATURE_SPEC,
      network: plan.definition.network,
      normalisation: plan.definition.normalisation,
      parameters: best.parameters,
      calibrations,
      description: {
        artifactTypes: request.config.artifactTypes,
        thresholds: evaluation.events.recommended,
        postProcessing: DEFAULT_POST_PROCESSING,
        dataHash: request.dataHash,
        seed: request.config.seed,
        versions: request.versions,
      },
    };
    const model = exportDetector(detector);
    const { unit, smallData } = plan.split;
    const parity = await verifyExport(model, detector, { session, extractor });
    return { model, history: best.history, bestEpoch: best.epoch, evaluation, parity, split: { unit, smallData } };
  } finally {
    await extractor.close();
    await session.close();
  }
}

interface TrainingPlan {
  readonly definition: TrainingDefinition;
  readonly labels: LabelGeometry;
  readonly split: Split;
  readonly train: readonly Stretch[];
  readonly validation: readonly Stretch[];
}

function planTraining({ config, files, network = defaultNetwork }: TrainDetectorRequest): TrainingPlan {
  const featureCount = featureCountOf(DEFAULT_FEATURE_SPEC);
  const frameMs = frameMsOf(DEFAULT_FEATURE_SPEC);
  const grid = { chunkFrames: config.chunkSizeMs / frameMs, strideFrames: config.strideMs / frameMs };
  const split = splitFiles(
    files.map(({ fileId, group, features, events }) => ({
      fileId,
      events,
      durationMs: features.frameCount * frameMs,
      ...(group === undefined ? {} : { group }),
    })),
    { validationShare: config.validationSplit, seed: config.seed },
  );
  const train = stretchesOf(files, split.train, frameMs);
  const definition: TrainingDefinition = {
    network: network({ featureCount, typeCount: config.artifactTypes.length, grid }),
    normalisation: measureNormalisation(train, featureCount),
    featureFloors: featureFloors(DEFAULT_FEATURE_SPEC),
    batchSize: config.batchSize,
    windowFrames: windowFramesOf(grid, WINDOW_MS / frameMs),
    frameLossWeight: FRAME_LOSS_WEIGHT,
    adam: DEFAULT_ADAM,
  };
  const labels = { artifactTypes: config.artifactTypes, frameMs, grid };
  return { definition, labels, split, train, validation: stretchesOf(files, split.validation, frameMs) };
}

/** The smallest window of whole strides that holds a chunk and the wanted context. */
function windowFramesOf(grid: TrainingDefinition['network']['grid'], wantedFrames: number): number {
  const segment = greatestCommonDivisor(grid.chunkFrames, grid.strideFrames);
  const strides = Math.max(1, Math.ceil((wantedFrames - grid.chunkFrames) / grid.strideFrames));
  return Math.ceil((grid.chunkFrames + strides * grid.strideFrames) / segment) * segment;
}

async function fitPlan(
  request: TrainDetectorRequest,
  hooks: TrainDetectorHooks,
  plan: TrainingPlan,
  { session, extractor }: { readonly session: TrainingSession; readonly extractor: FeatureExtractor },
): Promise<{ parameters: Float32Array; epoch: number; history: readonly EpochReport[] }> {
  const { config, checkpoint } = request;
  const { definition, labels } = plan;
  const fingerprint = fingerprintOf(request, definition);
  const state = await fit(
    {
      session,
      definition,
      config,
      train: plan.train,
      sampler: {
        definition,
        featureSpec: DEFAULT_FEATURE_SPEC,
        labels,
        ...(config.augment
          ? { texture: await measureNoiseTexture(DEFAULT_FEATURE_SPEC, (wave) => extractor.extractWave(wave)) }
          : {}),
      },
      validate: async (parameters) =>
        scoreValidation(await judge(plan, session, parameters, hooks.signal), labels, DEFAULT_POST_PROCESSING),
      ...(checkpoint ? { resumeFrom: decodeCheckpoint(checkpoint, fingerprint) } : {}),
    },
    {
      ...(hooks.signal ? { signal: hooks.signal } : {}),
      ...(hooks.onProgress ? { onProgress: hooks.onProgress } : {}),
      onEpoch: (report, reached) => hooks.onEpoch?.(report, () => encodeCheckpoint(reached, fingerprint)),
    },
  );
  return { parameters: state.best.parameters, epoch: state.best.epoch, history: state.history };
}

/** Two trainings with the same fingerprint take the same steps. */
function fingerprintOf(
  { dataHash, threads, config, engine, versions }: TrainDetectorRequest,
  { network }: TrainingDefinition,
): string {
  const settings = canonicalJson({ dataHash, threads, config, network, versions, device: engine.device });
  return createHash('sha256').update(settings).digest('hex');
}

async function judge(
  plan: TrainingPlan,
  session: TrainingSession,
  parameters: Float32Array,
  signal: AbortSignal | undefined,
): Promise<JudgedStretch[]> {
  const judged: JudgedStretch[] = [];
  for (const stretch of plan.validation) {
    signal?.throwIfAborted();
    judged.push(await scoreStretch(session, plan.definition, parameters, stretch));
  }
  return judged;
}

function fitCalibrations(judged: readonly JudgedStretch[], labels: LabelGeometry): AffineCalibration[] {
  const types = labels.artifactTypes.length;
  const logits: number[][] = Array.from({ length: types }, () => []);
  const truths: number[][] = Array.from({ length: types }, () => []);
  for (const one of judged) {
    const rows = chunkLabelsOf(one, labels);
    for (const [i, logit] of one.chunkLogits.entries()) {
      if (rows.weights[i] === 0) continue;
      logits[i % types]!.push(logit);
      truths[i % types]!.push(rows.labels[i]!);
    }
  }
  return logits.map((values, type) => fitPlatt(values, truths[type]!));
}

function evaluate(
  judged: readonly JudgedStretch[],
  labels: LabelGeometry,
  calibrations: readonly AffineCalibration[],
  seed: number,
): DetectorEvaluation {
  const post = DEFAULT_POST_PROCESSING;
  const matching = { collarMs: 250, boundaryMs: 50 };
  const files = judged.map((one) => toScoredFile(one, labels, calibrations));
  const events = crossFitThresholds(
    files,
    labels.artifactTypes,
    { ...matching, ...post, refine: refineByEvidence({ share: post.boundaryShare, marginMs: post.boundaryMarginMs }) },
    { seed },
  );
  return { events, segments: evaluateSegments(events.judged, labels.artifactTypes), settings: { ...matching, ...post } };
}
