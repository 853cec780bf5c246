import { createHash } from 'node:crypto';
import type { Split } from '@earmark/sound-events';
import type { TrainingDefinition, TrainingEngine, TrainingSession } from './engine.js';
import { createOrtEngine } from './engines/ort/ort-engine.js';
import { evaluateDetector, type DetectorEvaluation, type FittedScores } from './evaluation/evaluate-detector.js';
import { scoreStretch, type JudgedStretch } from './evaluation/score-stretch.js';
import { scoreValidation } from './evaluation/validation-score.js';
import { exportDetector, type TrainedDetector } from './export/export-detector.js';
import { verifyExport } from './export/verify-export.js';
import { createFeatureExtractor, type FeatureExtractor } from './features/feature-extractor.js';
import { canonicalJson, DEFAULT_FEATURE_SPEC, featureCountOf } from './features/feature-spec.js';
import { planTraining, type TrainingPlan, type TrainingTask } from './plan-training.js';
import { decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.js';
import { featuresInMemory } from './training/feature-source.js';
import { fit } from './training/fit.js';
import type { EpochReport, FitState } from './training/fit-state.js';
import { measureNoiseTexture } from './training/noise-texture.js';
import type { Stretch } from './training/stretch.js';
import { syntheticCopies, type FeatureShelf } from './training/synthetic-copies.js';

/** Validation audio that is judged after every epoch, at most; the final evaluation takes all of it. */
const EPOCH_VALIDATION_FRAMES = 180_000;

export interface TrainDetectorRequest extends TrainingTask {
  readonly engine: TrainingEngine;
  /** Results are byte-identical for the same number, ≥ 1. */
  readonly threads: number;
  /** SHA-256 of the data's manifest; goes into the model and guards checkpoints. */
  readonly dataHash: string;
  readonly versions: Readonly<Record<string, string>>;
  /** A checkpoint of this same training. */
  readonly checkpoint?: Uint8Array;
  /** Where features of synthetic copies lie during the training; default in memory. */
  readonly shelf?: FeatureShelf;
}

export interface TrainDetectorHooks {
  /** Checked before every step. */
  readonly signal?: AbortSignal;
  /** After every epoch; `checkpoint` makes the bytes to resume from. Awaited. */
  readonly onEpoch?: (report: EpochReport, checkpoint: () => Uint8Array) => void | Promise<void>;
  /** Share of the fit done, 0-1, after every step. */
  readonly onProgress?: (share: number) => void;
}

export interface TrainDetectorResult {
  /** The ONNX file. */
  readonly model: Uint8Array;
  readonly history: readonly EpochReport[];
  /** The epoch whose weights the model has: the last. */
  readonly bestEpoch: number;
  readonly evaluation: DetectorEvaluation;
  /** Largest difference of any score between the file, run in another process, and the trainer; ≤ 1e-5. */
  readonly parity: number;
  readonly split: Pick<Split, 'unit' | 'smallData'>;
}

/** What a training runs with. */
interface Tools {
  readonly session: TrainingSession;
  /** On the CPU, where detectors are used: a GPU's scores differ in the third digit. */
  readonly scoring: TrainingSession;
  readonly extractor: FeatureExtractor;
}

/** Trains, calibrates, evaluates and exports a detector from cached features and annotations. */
export async function trainDetector(request: TrainDetectorRequest, hooks: TrainDetectorHooks = {}): Promise<TrainDetectorResult> {
  const plan = planTraining(request);
  const tools = await openTools(request, plan.definition);
  try {
    const { average, history } = await fitPlan(request, hooks, plan, tools);
    const judged = await judge(plan, plan.validation, tools.scoring, average, hooks.signal);
    const { fitted, evaluation } = evaluateDetector(judged, plan.labels, plan.postProcessing, request.config.seed);
    const detector = describe(request, plan, average, fitted);
    const model = exportDetector(detector);
    const parity = await verifyExport(model, detector, { session: tools.scoring, extractor: tools.extractor });
    const { unit, smallData } = plan.split;
    return { model, history, bestEpoch: history.length, evaluation, parity, split: { unit, smallData } };
  } finally {
    await tools.extractor.close();
    await tools.session.close();
    await tools.scoring.close();
  }
}

async function openTools({ engine, threads }: TrainDetectorRequest, definition: TrainingDefinition): Promise<Tools> {
  const session = await engine.open(definition, { threads });
  const scoring = engine.device === 'cpu' ? session : await createOrtEngine('cpu').open(definition, { threads });
  return { session, scoring, extractor: await createFeatureExtractor(DEFAULT_FEATURE_SPEC) };
}

async function fitPlan(
  request: TrainDetectorRequest,
  hooks: TrainDetectorHooks,
  plan: TrainingPlan,
  { session, scoring, extractor }: Tools,
): Promise<FitState> {
  const { config, checkpoint } = request;
  const { definition, labels } = plan;
  const fingerprint = fingerprintOf(request, definition);
  const watched = upTo(plan.validation, EPOCH_VALIDATION_FRAMES);
  return fit(
    {
      session,
      definition,
      config,
      train: plan.train,
      copies: await copiesOf(request, plan, extractor, hooks.signal),
      sampler: {
        definition,
        featureSpec: DEFAULT_FEATURE_SPEC,
        labels,
        ...(config.augment
          ? { texture: await measureNoiseTexture(DEFAULT_FEATURE_SPEC, (wave) => extractor.extractWave(wave)) }
          : {}),
      },
      validate: async (parameters) =>
        scoreValidation(await judge(plan, watched, scoring, parameters, hooks.signal), labels, plan.postProcessing),
      ...(checkpoint ? { resumeFrom: decodeCheckpoint(checkpoint, fingerprint) } : {}),
    },
    {
      ...(hooks.signal ? { signal: hooks.signal } : {}),
      ...(hooks.onProgress ? { onProgress: hooks.onProgress } : {}),
      onEpoch: (report, reached) => hooks.onEpoch?.(report, () => encodeCheckpoint(reached, fingerprint)),
    },
  );
}

/** The training audio once more, changed; none without augmentation. */
function copiesOf(
  { config, shelf }: TrainDetectorRequest,
  { train }: TrainingPlan,
  extractor: FeatureExtractor,
  signal: AbortSignal | undefined,
): Promise<Stretch[]> {
  if (!config.augment) return Promise.resolve([]);
  const { artifactTypes, seed } = config;
  const featureCount = featureCountOf(DEFAULT_FEATURE_SPEC);
  return syntheticCopies(train, {
    ...{ artifactTypes, seed, samplesPerMs: DEFAULT_FEATURE_SPEC.sampleRateHz / 1000 },
    extract: (wave) => extractor.extractWave(wave),
    shelf: shelf ?? { put: (features) => featuresInMemory(features, featureCount) },
    ...(signal ? { signal } : {}),
  });
}

/** Every so-and-so-many-th stretch, so that about `frames` frames are left; at least one. */
function upTo(stretches: readonly Stretch[], frames: number): Stretch[] {
  const total = stretches.reduce((sum, { features }) => sum + features.frameCount, 0);
  const every = Math.max(1, Math.ceil(total / frames));
  return stretches.filter((_, index) => index % every === 0);
}

/** Two trainings with the same fingerprint take the same steps. */
function fingerprintOf(
  { dataHash, threads, config, engine, versions }: TrainDetectorRequest,
  { network }: TrainingDefinition,
): string {
  const settings = { dataHash, threads, config, network, versions, device: engine.device, featureSpec: DEFAULT_FEATURE_SPEC };
  return createHash('sha256').update(canonicalJson(settings)).digest('hex');
}

async function judge(
  plan: TrainingPlan,
  stretches: readonly Stretch[],
  session: TrainingSession,
  parameters: Float32Array,
  signal: AbortSignal | undefined,
): Promise<JudgedStretch[]> {
  const judged: JudgedStretch[] = [];
  for (const stretch of stretches) {
    signal?.throwIfAborted();
    judged.push(await scoreStretch(session, plan.definition, parameters, stretch));
  }
  return judged;
}

function describe(
  { config, dataHash, versions }: TrainDetectorRequest,
  { definition, postProcessing }: TrainingPlan,
  parameters: Float32Array,
  { calibrations, thresholds }: FittedScores,
): TrainedDetector {
  return {
    featureSpec: DEFAULT_FEATURE_SPEC,
    network: definition.network,
    normalisation: definition.normalisation,
    parameters,
    calibrations,
    description: {
      artifactTypes: config.artifactTypes,
      thresholds: thresholds.recommended,
      quietThresholds: thresholds.quiet,
      postProcessing,
      dataHash,
      seed: config.seed,
      versions,
    },
  };
}
