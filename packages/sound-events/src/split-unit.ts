import type { Interval } from './interval.js';
import type { SoundEvent } from './sound-event.js';

/** A file to be put on one side of a split. */
export interface SplitFile {
  readonly fileId: string;
  readonly durationMs: number;
  readonly events: readonly SoundEvent[];
  /** Speaker or source; files of one group stay together. A file without one is its own group. */
  readonly group?: string;
  /** Hash of the audio: the same audio under two ids stays together too. */
  readonly contentId?: string;
}

/** A stretch of a file on one side of a split. */
export interface Portion extends Interval {
  readonly fileId: string;
}

/** One thing that goes to one side as a whole. */
export interface SplitUnit {
  readonly portions: readonly Portion[];
  readonly durationMs: number;
  readonly eventCounts: Readonly<Record<string, number>>;
}

/** How many events there are of each type. */
export function countTypes(events: readonly SoundEvent[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { artifactType } of events) counts[artifactType] = (counts[artifactType] ?? 0) + 1;
  return counts;
}
