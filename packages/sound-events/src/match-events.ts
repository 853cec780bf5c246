import type { Interval } from './interval.js';
import type { Detection, SoundEvent } from './sound-event.js';

/** Tolerance of the event match unless stated otherwise. */
export const defaultCollarMs = 250;

/** Who found whom, among events of one type in one file. */
export interface EventMatch<R extends Interval = SoundEvent, D extends Interval = Detection> {
  readonly pairs: readonly { readonly reference: R; readonly detection: D }[];
  readonly missed: readonly R[];
  readonly falseAlarms: readonly D[];
}

/**
 * Greedy one-to-one match of the references, in the order given, each taking the most confident free detection that overlaps it
 * when widened by the collar on both sides. The caller passes one type of one file.
 */
export function matchEvents<R extends Interval, D extends Interval & { readonly confidence: number }>(
  references: readonly R[],
  detections: readonly D[],
  collarMs: number = defaultCollarMs,
): EventMatch<R, D> {
  const free = [...detections].sort((a, b) => b.confidence - a.confidence);
  const pairs: { reference: R; detection: D }[] = [];
  const missed: R[] = [];
  for (const reference of references) {
    const index = free.findIndex(
      ({ startMs, endMs }) => startMs < reference.endMs + collarMs && endMs > reference.startMs - collarMs,
    );
    const [detection] = index < 0 ? [] : free.splice(index, 1);
    if (detection) pairs.push({ reference, detection });
    else missed.push(reference);
  }
  return { pairs, missed, falseAlarms: free };
}
