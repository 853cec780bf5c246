import { overlapMs, type SoundEvent } from '@earmark/sound-events';
import type { ChunkGrid } from '../autodiff/chunk-pool.js';

/** A positive chunk or frame weighs this much more than a negative one. */
const POSITIVE_WEIGHT = 2;
/** An event counts for a chunk once this much of it is inside, or half of it. */
const MIN_OVERLAP_MS = 100;
const MIN_EVENT_SHARE = 0.5;

/** Where the labels of one window are written: rows × types, all zero labels and unit weights beforehand. */
export interface LabelRows {
  readonly labels: Float32Array;
  readonly weights: Float32Array;
}

export interface LabelGeometry {
  readonly artifactTypes: readonly string[];
  readonly frameMs: number;
  readonly grid: ChunkGrid;
}

/**
 * Marks the chunks that hear an event. A chunk that catches too little of it to tell is left out of the loss (weight 0):
 * neither answer would be wrong there.
 */
export function labelChunks(
  rows: LabelRows,
  events: readonly SoundEvent[],
  windowStartMs: number,
  geometry: LabelGeometry,
): void {
  const { artifactTypes, frameMs, grid } = geometry;
  const types = artifactTypes.length;
  for (const event of events) {
    const type = artifactTypes.indexOf(event.artifactType);
    if (type < 0) continue;
    const needed = Math.min(MIN_OVERLAP_MS, MIN_EVENT_SHARE * (event.endMs - event.startMs));
    for (let chunk = 0; chunk * types < rows.labels.length; chunk++) {
      const startMs = windowStartMs + chunk * grid.strideFrames * frameMs;
      const shared = overlapMs(event, { startMs, endMs: startMs + grid.chunkFrames * frameMs });
      if (shared <= 0) continue;
      const index = chunk * types + type;
      if (shared >= needed) setPositive(rows, index);
      else if (rows.labels[index] === 0) rows.weights[index] = 0;
    }
  }
}

/** Marks the frames that an event touches. */
export function labelFrames(
  rows: LabelRows,
  events: readonly SoundEvent[],
  windowStartMs: number,
  geometry: LabelGeometry,
): void {
  const { artifactTypes, frameMs } = geometry;
  const types = artifactTypes.length;
  const frameCount = rows.labels.length / types;
  for (const event of events) {
    const type = artifactTypes.indexOf(event.artifactType);
    if (type < 0) continue;
    const first = Math.max(0, Math.floor((event.startMs - windowStartMs) / frameMs));
    const end = Math.min(frameCount, Math.ceil((event.endMs - windowStartMs) / frameMs));
    for (let frame = first; frame < end; frame++) setPositive(rows, frame * types + type);
  }
}

function setPositive({ labels, weights }: LabelRows, index: number): void {
  labels[index] = 1;
  weights[index] = POSITIVE_WEIGHT;
}
