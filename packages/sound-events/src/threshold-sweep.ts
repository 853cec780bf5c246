import { sigmoid } from './calibration.js';
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
  /** Thresholds to try, ascending, 0 to 1; default evenly spaced logits, 0.0067 to 0.9999. */
  readonly candidates?: readonly number[];
}

/** Evenly spaced in logits: calibrated scores of rare events crowd at both ends, where false alarms are decided. */
const defaultCandidates: readonly number[] = Array.from({ length: 71 }, (_, index) => sigmoid(-5 + index / 5));

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
