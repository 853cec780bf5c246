import { aggregateScores, calibrate, identityCalibration, type AffineCalibration, type ScoredFile } from '@earmark/sound-events';
import type { ScoredFeatures, TrainingDefinition, TrainingSession } from '../engine.js';
import { fileChunkCount, planBlocks, stitch } from '../detect/block-plan.js';
import { contextFramesOf } from '../network/network-spec.js';
import type { Stretch } from '../training/stretch.js';
import type { LabelGeometry } from '../training/window-labels.js';

/** Bounds the memory of one run; about 30 s. */
const BLOCK_FRAMES = 3000;

/** A stretch and the raw scores of its chunks and frames. */
export interface JudgedStretch extends ScoredFeatures {
  readonly stretch: Stretch;
  /** At least one chunk: shorter stretches were lengthened. */
  readonly frameCount: number;
}

/** Scores a stretch of any length in blocks; the cuts do not show in the result. */
export async function scoreStretch(
  session: TrainingSession,
  definition: TrainingDefinition,
  parameters: Float32Array,
  stretch: Stretch,
): Promise<JudgedStretch> {
  const { grid, typeCount, featureCount } = definition.network;
  const features = atLeastOneChunk(stretch, definition);
  const frameCount = features.length / featureCount;
  const chunkLogits = new Float32Array(fileChunkCount(frameCount, grid) * typeCount);
  const frameLogits = new Float32Array(frameCount * typeCount);
  const layout = { grid, contextFrames: contextFramesOf(definition.network), blockFrames: BLOCK_FRAMES };
  for (const block of planBlocks(frameCount, layout)) {
    const scored = await session.score(
      parameters,
      features.subarray(block.inputStart * featureCount, block.inputEnd * featureCount),
    );
    stitch(chunkLogits, scored.chunkLogits, block.chunks, typeCount);
    stitch(frameLogits, scored.frameLogits, block.frames, typeCount);
  }
  return { stretch, frameCount, chunkLogits, frameLogits };
}

function atLeastOneChunk({ features, frameCount }: Stretch, { network, normalisation }: TrainingDefinition): Float32Array {
  if (frameCount >= network.grid.chunkFrames) return features;
  const size = network.grid.chunkFrames * network.featureCount;
  return Float32Array.from({ length: size }, (_, i) => features[i] ?? normalisation.mean[i % network.featureCount]!);
}

/** Calibrations per type, in the order of the types; without them scores are plain sigmoids. */
export function toScoredFile(
  judged: JudgedStretch,
  { artifactTypes, frameMs, grid }: LabelGeometry,
  calibrations: readonly AffineCalibration[] = [],
): ScoredFile {
  const durationMs = judged.frameCount * frameMs;
  const calibrationOf = (i: number): AffineCalibration => calibrations[i % artifactTypes.length] ?? identityCalibration;
  const scores = judged.chunkLogits.map((logit, i) => calibrate(logit, calibrationOf(i)));
  const evidence = judged.frameLogits.map((logit) => calibrate(logit, identityCalibration));
  const msGrid = { chunkSizeMs: grid.chunkFrames * frameMs, strideMs: grid.strideFrames * frameMs };
  return {
    references: judged.stretch.events.filter((event) => artifactTypes.includes(event.artifactType)),
    scores: aggregateScores({ artifactTypes, grid: msGrid, scores, durationMs }, frameMs),
    evidence: { artifactTypes, frameMs, values: evidence, durationMs },
  };
}
