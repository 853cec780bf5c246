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

/**
 * How many references a detection lies on: start within the collar, end within the larger of the collar and half of the reference's
 * length (the event-based measure of DCASE). Greedy like `matchEvents`, which a detection as long as the file satisfies and this does not.
 */
export function countPlaced(
  references: readonly Interval[],
  detections: readonly (Interval & { readonly confidence: number })[],
  collarMs: number = defaultCollarMs,
): number {
  const free = [...detections].sort((a, b) => b.confidence - a.confidence);
  for (const { startMs, endMs } of references) {
    const endCollarMs = Math.max(collarMs, (endMs - startMs) / 2);
    const index = free.findIndex(
      (one) => Math.abs(one.startMs - startMs) <= collarMs && Math.abs(one.endMs - endMs) <= endCollarMs,
    );
    if (index >= 0) free.splice(index, 1);
  }
  return detections.length - free.length;
}
