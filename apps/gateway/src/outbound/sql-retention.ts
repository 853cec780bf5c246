import type { Sql } from '@earmark/service-kit';
import type { RetentionStore } from '../ports.js';

const AUDIT = `DELETE FROM audit_log WHERE id IN (SELECT id FROM audit_log WHERE at < $1::timestamptz ORDER BY at LIMIT $2::int)`;
const BUDGETS = `
  DELETE FROM request_budget WHERE (holder_kind, holder_id) IN
    (SELECT holder_kind, holder_id FROM request_budget WHERE window_start < $1::timestamptz LIMIT $2::int)`;

export class SqlRetentionStore implements RetentionStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  deleteAuditBefore(time: Date, limit: number): Promise<number> {
    return this.#sql.execute(AUDIT, time, limit);
  }

  deleteBudgetsBefore(time: Date, limit: number): Promise<number> {
    return this.#sql.execute(BUDGETS, time, limit);
  }
}
