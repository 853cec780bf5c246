import { clipToWindow } from './interval.js';
import { countTypes } from './split-unit.js';
import type { Portion, SplitFile, SplitUnit } from './split-unit.js';

const blockMs = 30_000;
const maxBlocks = 20;

/** Cuts one file into equal blocks of about 30 s: at least as many as the share needs, at most 20. */
export function timeBlockUnits(file: SplitFile, validationShare: number): SplitUnit[] {
  const fewest = Math.ceil(1 / Math.min(validationShare, 1 - validationShare));
  const count = Math.max(2, Math.min(maxBlocks, Math.max(fewest, Math.floor(file.durationMs / blockMs))));
  return Array.from({ length: count }, (_, index) => {
    const startMs = Math.round((index * file.durationMs) / count);
    const endMs = Math.round(((index + 1) * file.durationMs) / count);
    return {
      portions: [{ fileId: file.fileId, startMs, endMs }],
      durationMs: endMs - startMs,
      eventCounts: countTypes(clipToWindow(file.events, { startMs, endMs })),
    };
  });
}

/**
 * Joins neighbouring blocks of one side and takes the guard off the training side wherever validation begins or ends, so that no
 * training window hears validation audio. The guard is at most a quarter of a block.
 */
export function withGuards(
  train: readonly Portion[],
  validation: readonly Portion[],
  guardMs: number,
): { train: Portion[]; validation: Portion[] } {
  const shortest = Math.min(...[...train, ...validation].map(({ startMs, endMs }) => endMs - startMs));
  const guard = Math.min(guardMs, Math.floor(shortest / 4));
  const edges = new Set(validation.flatMap(({ startMs, endMs }) => [startMs, endMs]));
  const guarded = joined(train).map((portion) => ({
    ...portion,
    startMs: portion.startMs + (edges.has(portion.startMs) ? guard : 0),
    endMs: portion.endMs - (edges.has(portion.endMs) ? guard : 0),
  }));
  return { train: guarded, validation: joined(validation) };
}

function joined(portions: readonly Portion[]): Portion[] {
  const out: Portion[] = [];
  for (const portion of portions) {
    const last = out.at(-1);
    if (last?.endMs === portion.startMs) out[out.length - 1] = { ...last, endMs: portion.endMs };
    else out.push(portion);
  }
  return out;
}
