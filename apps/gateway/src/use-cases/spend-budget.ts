import type { Clock } from '@earmark/service-kit';
import { isUsedUp, needsLease, rateFigures, spendOne, windowFrom, type RateWindow } from '../domain/rate-window.js';
import type { BudgetStore } from '../ports.js';

export interface BudgetSizes {
  /** Requests a holder may make in a minute, over all gateways. */
  readonly limit: number;
  /** Requests a gateway takes from the database at once. */
  readonly block: number;
}

export type RateFigures = ReturnType<typeof rateFigures>;

/** What a request costs: one of its holder's budget. Only every `block` requests ask the database. */
export class SpendBudget {
  readonly #windows = new Map<string, RateWindow>();
  readonly #leases = new Map<string, Promise<void>>();
  readonly #ports: { readonly budgets: BudgetStore; readonly clock: Clock; readonly sizes: BudgetSizes };

  constructor(ports: { budgets: BudgetStore; clock: Clock; sizes: BudgetSizes }) {
    this.#ports = ports;
  }

  /** Takes one request from the budget; `allowed` is false when there is none left in this window. */
  async execute(holderId: string): Promise<{ allowed: boolean; figures: RateFigures }> {
    // Many requests may wait for one lease and use it up before the last of them wakes.
    while (needsLease(this.#windows.get(holderId), this.#nowMs())) await this.#lease(holderId);
    const window = this.#windows.get(holderId);
    if (window === undefined) throw new Error('A lease left no window.');
    const spent = spendOne(window);
    if (spent !== null) this.#windows.set(holderId, spent);
    return { allowed: spent !== null, figures: rateFigures(spent ?? window, this.#nowMs()) };
  }

  /** The figures of a budget known to be used up; null when something may be left. Asks nobody. */
  usedUp(holderId: string): RateFigures | null {
    const window = this.#windows.get(holderId);
    return window !== undefined && isUsedUp(window, this.#nowMs()) ? rateFigures(window, this.#nowMs()) : null;
  }

  /** Drops windows that are over; called now and then, so that holders of the past cost nothing. */
  dropOld(): void {
    const nowMs = this.#nowMs();
    for (const [holderId, window] of this.#windows) if (window.endsAtMs <= nowMs) this.#windows.delete(holderId);
  }

  #lease(holderId: string): Promise<void> {
    const running = this.#leases.get(holderId);
    if (running !== undefined) return running;
    const lease = this.#leaseOnce(holderId).finally(() => this.#leases.delete(holderId));
    this.#leases.set(holderId, lease);
    return lease;
  }

  async #leaseOnce(holderId: string): Promise<void> {
    const { budgets, sizes } = this.#ports;
    const lease = await budgets.lease(holderId, sizes.block);
    this.#windows.set(holderId, windowFrom(lease, sizes, this.#nowMs()));
  }

  #nowMs(): number {
    return this.#ports.clock.now().getTime();
  }
}
