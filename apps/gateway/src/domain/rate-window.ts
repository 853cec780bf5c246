/** What this gateway may still spend of a budget in the current window, and what it knows of the rest. */
export interface RateWindow {
  readonly limit: number;
  /** Requests leased to this gateway and not spent. */
  readonly inHand: number;
  /** Requests that no gateway had leased when this one last asked. */
  readonly unleased: number;
  readonly endsAtMs: number;
}

/** An answer of the budget's owner. `leased` counts all gateways, this lease included, and may exceed the limit by less than a block. */
export interface BudgetLease {
  readonly leased: number;
  readonly resetInMs: number;
}

/** A window lasts at least so long for whoever leased in its last moments; otherwise a slow answer would be over before it is used. */
const MIN_WINDOW_MS = 1_000;

/** What a lease of `block` requests gives: less than asked at the end of the budget, nothing behind it. */
export function windowFrom(
  { leased, resetInMs }: BudgetLease,
  { limit, block }: { limit: number; block: number },
  nowMs: number,
): RateWindow {
  const beyond = Math.max(0, leased - limit);
  return {
    limit,
    inHand: Math.max(0, block - beyond),
    unleased: Math.max(0, limit - leased),
    endsAtMs: nowMs + Math.max(MIN_WINDOW_MS, resetInMs),
  };
}

/** Whether the window is over, or its lease used up while there is more to lease. */
export function needsLease(window: RateWindow | undefined, nowMs: number): boolean {
  return window === undefined || nowMs >= window.endsAtMs || (window.inHand === 0 && window.unleased > 0);
}

/** Spends one request; null when the budget is used up until the window ends. */
export function spendOne(window: RateWindow): RateWindow | null {
  return window.inHand === 0 ? null : { ...window, inHand: window.inHand - 1 };
}

/** What clients are told: a lower bound of what is left, and whole seconds until the window ends (at least 1). */
export function rateFigures(window: RateWindow, nowMs: number): { limit: number; remaining: number; resetSeconds: number } {
  return {
    limit: window.limit,
    remaining: window.inHand + window.unleased,
    resetSeconds: Math.max(1, Math.ceil((window.endsAtMs - nowMs) / 1000)),
  };
}

/** Whether nothing is left, here or elsewhere, until the window ends. */
export function isUsedUp(window: RateWindow, nowMs: number): boolean {
  return nowMs < window.endsAtMs && window.inHand === 0 && window.unleased === 0;
}
