import { macroAverage } from './event-metrics.js';
import type { JudgedFile, MacroAverage } from './event-metrics.js';
import { overlaps } from './interval.js';
import type { Interval } from './interval.js';

/** Segment-based figures of one type: which segments of equal length hold the artifact. */
export interface SegmentMetrics {
  readonly precision: number;
  readonly recall: number;
  readonly f1Score: number;
  /** Number of segments with a reference event. */
  readonly support: number;
}

/** Segment metrics of all types and their plain mean. */
export interface SegmentReport {
  readonly segmentMs: number;
  readonly perType: Readonly<Record<string, SegmentMetrics>>;
  readonly macro: MacroAverage;
}

interface SegmentTally {
  found: number;
  wrong: number;
  missed: number;
}

/**
 * Segment-based precision, recall and F1 (Mesaros, Heittola and Virtanen 2016, as in sed_eval): the audio is cut into
 * segments, and each is compared on its own.
 * @param segmentMs length of a segment, default 1000
 */
export function evaluateSegments(
  files: readonly JudgedFile[],
  artifactTypes: readonly string[],
  segmentMs = 1000,
): SegmentReport {
  const perType = Object.fromEntries(
    artifactTypes.map((type) => {
      const tally: SegmentTally = { found: 0, wrong: 0, missed: 0 };
      for (const file of files) tallySegments(file, type, segmentMs, tally);
      return [type, segmentMetrics(tally)];
    }),
  );
  return { segmentMs, perType, macro: macroAverage(Object.values(perType)) };
}

function tallySegments(file: JudgedFile, type: string, segmentMs: number, tally: SegmentTally): void {
  const truth = activeSegments(
    file.references.filter((event) => event.artifactType === type),
    file.durationMs,
    segmentMs,
  );
  const claimed = activeSegments(
    file.detections.filter((event) => event.artifactType === type),
    file.durationMs,
    segmentMs,
  );
  for (const segment of claimed) tally[truth.has(segment) ? 'found' : 'wrong'] += 1;
  for (const segment of truth) if (!claimed.has(segment)) tally.missed += 1;
}

/** Indices of the segments of a file that share time with an event. */
function activeSegments(events: readonly Interval[], fileDurationMs: number, segmentMs: number): Set<number> {
  const active = new Set<number>();
  for (const event of events) {
    const end = Math.min(Math.ceil(event.endMs / segmentMs), Math.ceil(fileDurationMs / segmentMs));
    for (let segment = Math.max(0, Math.floor(event.startMs / segmentMs)); segment < end; segment++) {
      const window = { startMs: segment * segmentMs, endMs: Math.min((segment + 1) * segmentMs, fileDurationMs) };
      if (overlaps(event, window)) active.add(segment);
    }
  }
  return active;
}

function segmentMetrics({ found, wrong, missed }: SegmentTally): SegmentMetrics {
  return {
    precision: found / Math.max(1, found + wrong),
    recall: found / Math.max(1, found + missed),
    f1Score: (2 * found) / Math.max(1, 2 * found + wrong + missed),
    support: found + missed,
  };
}
