import { Problem } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { needsLease, rateFigures, spendOne, windowFrom, type RateWindow } from '../domain/rate-window.js';
import type { BudgetStore } from '../ports.js';

export interface BudgetSizes {
  /** Requests a key may make in a minute, over all gateways. */
  readonly limit: number;
  /** Requests a gateway takes from the database at once. */
  readonly block: number;
}

export type RateFigures = ReturnType<typeof rateFigures>;

/** What a request costs: one of the key's budget. Only every `block` requests ask the database. */
export class SpendBudget {
  readonly #windows = new Map<string, RateWindow>();
  readonly #leases = new Map<string, Promise<void>>();

  constructor(private readonly ports: { budgets: BudgetStore; clock: Clock; sizes: BudgetSizes }) {}

  /** Takes one request from the budget; `allowed` is false when there is none left in this window. */
  async execute(keyId: string): Promise<{ allowed: boolean; figures: RateFigures }> {
    // Many requests may wait for one lease and use it up before the last of them wakes.
    while (needsLease(this.#windows.get(keyId), this.#nowMs())) await this.#lease(keyId);
    const window = this.#windows.get(keyId);
    if (window === undefined) throw new Error('A lease left no window.');
    const spent = spendOne(window);
    if (spent !== null) this.#windows.set(keyId, spent);
    return { allowed: spent !== null, figures: rateFigures(spent ?? window, this.#nowMs()) };
  }

  /** Drops windows that are over; called now and then, so that keys of the past cost nothing. */
  dropOld(): void {
    const nowMs = this.#nowMs();
    for (const [keyId, window] of this.#windows) if (window.endsAtMs <= nowMs) this.#windows.delete(keyId);
  }

  #lease(keyId: string): Promise<void> {
    const running = this.#leases.get(keyId);
    if (running !== undefined) return running;
    const lease = this.#leaseOnce(keyId).finally(() => this.#leases.delete(keyId));
    this.#leases.set(keyId, lease);
    return lease;
  }

  async #leaseOnce(keyId: string): Promise<void> {
    const { budgets, sizes } = this.ports;
    const lease = await budgets.lease(keyId, sizes.block);
    this.#windows.set(keyId, windowFrom(lease, sizes, this.#nowMs()));
  }

  #nowMs(): number {
    return this.ports.clock.now().getTime();
  }
}

/** The problem of a call whose key has used up its budget. */
export function overBudget({ limit, resetSeconds }: RateFigures): Problem {
  return new Problem(
    'rate_limited',
    `The API key has made its ${limit} requests of this minute; try again in ${resetSeconds} s.`,
    {
      retryAfterSeconds: resetSeconds,
    },
  );
}
