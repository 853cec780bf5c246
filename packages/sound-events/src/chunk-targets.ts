import { durationMs, overlapMs } from './interval.js';
import type { Interval } from './interval.js';
import type { SoundEvent } from './sound-event.js';

/** When an event counts as heard in a chunk: enough of it in milliseconds, or enough of its own length. */
export interface TargetRule {
  /** Default 100. */
  readonly minOverlapMs?: number;
  /** Share of the event that is enough even when it is shorter than minOverlapMs, 0-1; default 0.5. */
  readonly minEventShare?: number;
}

/**
 * Training targets of chunks, [chunks x types]: 1 where a chunk hears an event of the type, else 0.
 * A short event counts once half of it is inside, so that a glitch on a chunk's edge belongs to one chunk at least.
 * Events of types that are not listed are ignored.
 */
export function chunkTargets(
  windows: readonly Interval[],
  events: readonly SoundEvent[],
  artifactTypes: readonly string[],
  { minOverlapMs = 100, minEventShare = 0.5 }: TargetRule = {},
): Uint8Array {
  const targets = new Uint8Array(windows.length * artifactTypes.length);
  const columns = new Map(artifactTypes.map((type, column) => [type, column]));
  for (const event of events) {
    const column = columns.get(event.artifactType);
    if (column === undefined) continue;
    const needed = Math.min(minOverlapMs, minEventShare * durationMs(event));
    windows.forEach((window, row) => {
      const shared = overlapMs(window, event);
      if (shared > 0 && shared >= needed) targets[row * artifactTypes.length + column] = 1;
    });
  }
  return targets;
}
