import { durationMs, splitFiles, type Split } from '@earmark/sound-events';
import { DEFAULT_ADAM } from './autodiff/adam.js';
import { greatestCommonDivisor, type ChunkGrid } from './autodiff/chunk-pool.js';
import type { TrainingDefinition } from './engine.js';
import type { PostProcessingDefaults } from './export/detector-metadata.js';
import { amplitudeFeatures, DEFAULT_FEATURE_SPEC, featureCountOf, featureFloors, frameMsOf } from './features/feature-spec.js';
import { defaultNetwork, type NetworkSpec } from './network/network-spec.js';
import { measureNormalisation } from './training/normalisation.js';
import { stretchesOf, type Stretch, type TrainingFile } from './training/stretch.js';
import type { TrainingConfig } from './training/training-config.js';
import { guessVoices } from './training/voices.js';
import type { LabelGeometry } from './training/window-labels.js';

/** What a batch counts in. */
const PIECE_MS = 3000;
/** Long windows lose little to cut context and let a chunk be compared with its neighbourhood. */
const MAX_WINDOW_MS = 12_000;
const FRAME_LOSS_WEIGHT = 0.5;

const POST_PROCESSING = { mergeWindowMs: 200, minDurationMs: 50, boundaryShare: 0.5, boundaryMarginMs: 0 } as const;

export interface TrainingPlan {
  readonly definition: TrainingDefinition;
  readonly labels: LabelGeometry;
  readonly split: Split;
  readonly train: readonly Stretch[];
  readonly validation: readonly Stretch[];
  readonly postProcessing: PostProcessingDefaults;
}

export interface TrainingTask {
  readonly config: TrainingConfig;
  /** Features must be those of `DEFAULT_FEATURE_SPEC`. */
  readonly files: readonly TrainingFile[];
  /** For experiments; default `defaultNetwork`. */
  readonly network?: (task: Pick<NetworkSpec, 'featureCount' | 'typeCount' | 'grid'>) => NetworkSpec;
}

/** Everything that is decided before the first step. */
export function planTraining({ config, files, network = defaultNetwork }: TrainingTask): TrainingPlan {
  const spec = DEFAULT_FEATURE_SPEC;
  const featureCount = featureCountOf(spec);
  const frameMs = frameMsOf(spec);
  const grid = { chunkFrames: config.chunkSizeMs / frameMs, strideFrames: config.strideMs / frameMs };
  const { split, grouped } = splitByVoice(config, files, frameMs);
  const train = stretchesOf(grouped, split.train, frameMs);
  const windowFrames = windowFramesOf(grid, wantedWindowMs(train, frameMs) / frameMs);
  return {
    definition: {
      network: network({ featureCount, typeCount: config.artifactTypes.length, grid }),
      normalisation: measureNormalisation(train, featureCount),
      featureFloors: featureFloors(spec),
      amplitudes: amplitudeFeatures(spec),
      batchSize: Math.max(1, Math.round((config.batchSize * PIECE_MS) / (windowFrames * frameMs))),
      windowFrames,
      frameLossWeight: FRAME_LOSS_WEIGHT,
      adam: DEFAULT_ADAM,
    },
    labels: { artifactTypes: config.artifactTypes, frameMs, grid },
    split,
    train,
    validation: stretchesOf(grouped, split.validation, frameMs),
    postProcessing: { ...POST_PROCESSING, maxDurationMs: longestEvents(files, config.artifactTypes, frameMs) },
  };
}

/** Without speakers, voices are guessed: a validation that knows the voices of training flatters. */
function splitByVoice(config: TrainingConfig, files: readonly TrainingFile[], frameMs: number) {
  const isNamed = files.some(({ group }) => group !== undefined);
  const voices = isNamed
    ? null
    : guessVoices(
        files.map(({ features }) => features),
        DEFAULT_FEATURE_SPEC,
      );
  const grouped = files.map((file, index) => {
    const group = file.group ?? voices?.[index];
    return group === undefined ? file : { ...file, group };
  });
  const split = splitFiles(
    grouped.map(({ features, ...file }) => ({ ...file, durationMs: features.frameCount * frameMs })),
    { validationShare: config.validationSplit, seed: config.seed, groupsAre: isNamed ? 'group' : 'voice' },
  );
  return { split, grouped };
}

/** So long that half of the audio stands in stretches that fill it, from one piece to 12 s. */
function wantedWindowMs(train: readonly Stretch[], frameMs: number): number {
  const lengths = train.map(({ features }) => features.frameCount * frameMs).sort((a, b) => b - a);
  const half = lengths.reduce((sum, length) => sum + length, 0) / 2;
  let covered = 0;
  const median = lengths.find((length) => (covered += length) >= half) ?? 0;
  return Math.min(MAX_WINDOW_MS, Math.max(PIECE_MS, median));
}

/** The smallest window of whole strides that holds a chunk and the wanted context. */
function windowFramesOf(grid: ChunkGrid, wantedFrames: number): number {
  const segment = greatestCommonDivisor(grid.chunkFrames, grid.strideFrames);
  const strides = Math.max(1, Math.ceil((wantedFrames - grid.chunkFrames) / grid.strideFrames));
  return Math.ceil((grid.chunkFrames + strides * grid.strideFrames) / segment) * segment;
}

/** The longest event of every type, in whole frames: no detection is to be longer than its type ever was. */
function longestEvents(files: readonly TrainingFile[], types: readonly string[], frameMs: number): Record<string, number> {
  const longest = new Map<string, number>();
  for (const event of files.flatMap(({ events }) => events)) {
    longest.set(event.artifactType, Math.max(longest.get(event.artifactType) ?? 0, durationMs(event)));
  }
  const known = types.filter((type) => longest.has(type));
  return Object.fromEntries(known.map((type) => [type, Math.ceil(longest.get(type)! / frameMs) * frameMs]));
}
