import type { Clock } from '@earmark/service-kit';
import type { RetentionStore } from '../ports.js';

const BLOCK_ROWS = 5_000;
const DAY_MS = 86_400_000;
/** A budget is over after a minute. */
const BUDGET_DAYS = 1;

/** Deletes audit entries older than the configured age and budgets that nobody uses any more, in blocks. */
export class ApplyRetention {
  readonly #ports: { readonly retained: RetentionStore; readonly clock: Clock; readonly auditDays: number };

  constructor(ports: { retained: RetentionStore; clock: Clock; auditDays: number }) {
    this.#ports = ports;
  }

  async execute(): Promise<void> {
    const { retained, auditDays } = this.#ports;
    await inBlocks(() => retained.deleteAuditBefore(this.#daysAgo(auditDays), BLOCK_ROWS));
    await inBlocks(() => retained.deleteBudgetsBefore(this.#daysAgo(BUDGET_DAYS), BLOCK_ROWS));
  }

  #daysAgo(days: number): Date {
    return new Date(this.#ports.clock.now().getTime() - days * DAY_MS);
  }
}

async function inBlocks(deleteBlock: () => Promise<number>): Promise<void> {
  while ((await deleteBlock()) === BLOCK_ROWS);
}
