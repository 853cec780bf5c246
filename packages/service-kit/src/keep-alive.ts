import { Problem } from '@earmark/contracts';
import type { LeaseHolder, LeaseTable } from './lease-table.js';

export interface KeptLease {
  /** Aborts with the problem `lease_lost` once the lease is lost, or with the outer signal's reason. */
  readonly signal: AbortSignal;
  /** Ends the heartbeats; the lease itself stays until it is released or expires. */
  stop(): void;
}

/**
 * Heartbeats every third of `ttlMs` until stopped. A failing heartbeat is tried again until the lease has surely expired; then, or when
 * the database says that somebody else holds it, `signal` aborts. `also` is a signal that ends the work too (shutdown).
 */
export function keepAlive(
  leases: Pick<LeaseTable, 'heartbeat'>,
  id: string,
  holder: LeaseHolder & { ttlMs: number },
  also?: AbortSignal,
): KeptLease {
  const lost = new AbortController();
  let sureUntilMs = performance.now() + holder.ttlMs;
  let busy = false;

  const beat = async (): Promise<void> => {
    const askedAtMs = performance.now();
    const kept = await leases.heartbeat(id, holder);
    if (kept) sureUntilMs = askedAtMs + holder.ttlMs;
    else lose('Another worker took the lease.');
  };
  const lose = (detail: string, cause?: unknown): void => {
    clearInterval(timer);
    if (!lost.signal.aborted) lost.abort(new Problem('lease_lost', detail, { cause }));
  };
  const tick = (): void => {
    if (performance.now() > sureUntilMs) return lose('The lease expired before it could be extended.');
    if (busy) return;
    busy = true;
    beat()
      .catch((error: unknown) => {
        // An unreachable database is no proof of loss; only running out of time is.
        if (performance.now() > sureUntilMs) lose('The lease could not be extended in time.', error);
      })
      .finally(() => (busy = false));
  };
  const timer = setInterval(tick, holder.ttlMs / 3);
  timer.unref();
  return {
    signal: also === undefined ? lost.signal : AbortSignal.any([lost.signal, also]),
    stop: () => clearInterval(timer),
  };
}
