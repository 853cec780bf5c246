import type { BoundaryRefiner } from './post-process.js';

/** How far and how strictly boundaries follow the evidence. */
export interface RefinementOptions {
  /** How far outside the detection evidence is looked for; default 0. */
  readonly marginMs?: number;
  /** Share of the strongest evidence, above the weakest, that still belongs to the event, 0-1; default 0.5. */
  readonly share?: number;
}

/**
 * A refiner that cuts each detection to the frames between the first and the last strong evidence for its type.
 * A type without evidence, and flat evidence, keep their boundaries.
 */
export function refineByEvidence({ marginMs = 0, share = 0.5 }: RefinementOptions = {}): BoundaryRefiner {
  return (detection, { artifactTypes, frameMs, values }) => {
    const types = artifactTypes.length;
    const column = artifactTypes.indexOf(detection.artifactType);
    const first = Math.max(0, Math.floor((detection.startMs - marginMs) / frameMs));
    const end = Math.min(values.length / types, Math.ceil((detection.endMs + marginMs) / frameMs));
    if (column < 0 || end <= first) return detection;
    const span = Array.from({ length: end - first }, (_, i) => values[(first + i) * types + column] as number);
    const low = span.reduce((least, value) => Math.min(least, value), Infinity);
    const high = span.reduce((most, value) => Math.max(most, value), -Infinity);
    if (!(high > low)) return detection;
    const isStrong = (value: number): boolean => value >= low + share * (high - low);
    return {
      startMs: (first + span.findIndex(isStrong)) * frameMs,
      endMs: (first + span.findLastIndex(isStrong) + 1) * frameMs,
    };
  };
}
