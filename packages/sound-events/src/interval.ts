/** A stretch of time, half-open: startMs belongs to it, endMs does not. Milliseconds from the start of the file. */
export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** Length in milliseconds; 0 for an empty or reversed interval. */
export function durationMs({ startMs, endMs }: Interval): number {
  return Math.max(0, endMs - startMs);
}

/** Common part of two intervals in milliseconds; touching intervals share nothing. */
export function overlapMs(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
}

/** True when two intervals share time. */
export function overlaps(a: Interval, b: Interval): boolean {
  return overlapMs(a, b) > 0;
}

/** Those events that reach into a window, cut to it and with times relative to its start. */
export function clipToWindow<T extends Interval>(events: readonly T[], window: Interval): T[] {
  return events
    .filter((event) => overlaps(event, window))
    .map((event) => ({
      ...event,
      startMs: Math.max(event.startMs, window.startMs) - window.startMs,
      endMs: Math.min(event.endMs, window.endMs) - window.startMs,
    }));
}
