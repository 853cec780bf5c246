import type { Sql } from '@earmark/service-kit';
import type { BudgetHolderKind } from '../domain/budget-sizes.js';
import type { BudgetLease } from '../domain/rate-window.js';
import type { BudgetStore } from '../ports.js';

// A minute of the database's clock; a holder's row is reused from minute to minute. A gateway that asks late for the minute before
// counts in the newer one.
const LEASE = `
  INSERT INTO request_budget AS budget (holder_kind, holder_id, window_start, leased)
  VALUES ($1, $2::uuid, date_trunc('minute', now()), $3::int)
  ON CONFLICT (holder_kind, holder_id) DO UPDATE SET
    leased = excluded.leased + CASE WHEN budget.window_start >= excluded.window_start THEN budget.leased ELSE 0 END,
    window_start = GREATEST(budget.window_start, excluded.window_start)
  RETURNING leased, GREATEST(1, ceil(extract(epoch FROM window_start + interval '1 minute' - now()) * 1000))::int AS reset_in_ms`;

/** The budgets of one kind of holder. */
export class SqlBudgetStore implements BudgetStore {
  readonly #sql: Sql;
  readonly #kind: BudgetHolderKind;

  constructor(sql: Sql, kind: BudgetHolderKind) {
    this.#sql = sql;
    this.#kind = kind;
  }

  async lease(holderId: string, block: number): Promise<BudgetLease> {
    const [row] = await this.#sql.query<{ leased: number; reset_in_ms: number }>(LEASE, this.#kind, holderId, block);
    if (row === undefined) throw new Error('The lease of a budget returned no row.');
    return { leased: row.leased, resetInMs: row.reset_in_ms };
  }
}
