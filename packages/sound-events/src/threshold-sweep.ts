import { addTallies, emptyTally, eventMetrics, tallyEvents } from './event-metrics.js';
import type { EventMetrics, EventTally, MatchSettings } from './event-metrics.js';
import { detectEvents } from './post-process.js';
import type { PostProcessing } from './post-process.js';
import type { ScoredFile } from './sound-event.js';

/** The event-based figures of one type at one threshold. */
export interface SweepPoint extends EventMetrics {
  readonly threshold: number;
}

/** Post-processing and tolerances that stay the same over a sweep. */
export interface SweepSettings extends MatchSettings, Omit<PostProcessing, 'thresholds'> {
  /** Thresholds to try, ascending, 0 to 1; default 0.02, 0.04 … 0.98. */
  readonly candidates?: readonly number[];
}

const defaultCandidates: readonly number[] = Array.from({ length: 49 }, (_, index) => (index + 1) / 50);

/** Precision, recall, F1 and false alarms per hour of one type over all candidate thresholds. */
export function sweepThresholds(files: readonly ScoredFile[], artifactType: string, settings: SweepSettings): SweepPoint[] {
  const audioMs = files.reduce((sum, file) => sum + file.scores.durationMs, 0);
  const columns = files.map((file) => onlyType(file, artifactType));
  return (settings.candidates ?? defaultCandidates).map((threshold) => {
    const tally = columns.map((file) => tallyAt(file, artifactType, threshold, settings)).reduce(addTallies, emptyTally);
    return { threshold, ...eventMetrics(tally, audioMs) };
  });
}

function tallyAt(file: ScoredFile, artifactType: string, threshold: number, settings: SweepSettings): EventTally {
  const detections = detectEvents(file.scores, { ...settings, thresholds: { [artifactType]: threshold } }, file.evidence);
  return tallyEvents({ durationMs: file.scores.durationMs, references: file.references, detections }, artifactType, settings);
}

/** A file reduced to one type, so that a sweep reads one dense column again and again. */
function onlyType({ references, scores, evidence = scores }: ScoredFile, artifactType: string): ScoredFile {
  const types = scores.artifactTypes.length;
  const column = scores.artifactTypes.indexOf(artifactType);
  if (column < 0) throw new RangeError(`no scores for ${artifactType}`);
  const values = Float32Array.from(
    { length: scores.values.length / types },
    (_, frame) => scores.values[frame * types + column] ?? 0,
  );
  return {
    references: references.filter((event) => event.artifactType === artifactType),
    scores: { ...scores, artifactTypes: [artifactType], values },
    evidence,
  };
}
