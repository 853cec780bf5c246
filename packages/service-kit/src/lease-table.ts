import type { Sql } from './sql.js';

/** A claim on a row: `epoch` fences every write of the holder, `attempt` counts claims from 1. */
export interface Lease {
  readonly epoch: number;
  readonly attempt: number;
}

export interface LeaseHolder {
  readonly owner: string;
  readonly epoch: number;
}

const IDENTIFIER = /^[a-z][a-z0-9_]*$/;

/**
 * Ownership of durable rows; each step is ONE conditional UPDATE, expiry is judged by the database's clock.
 * The table has the columns id uuid, status text, lease_owner text, lease_epoch int, lease_expires_at timestamptz, attempt int.
 */
export class LeaseTable {
  readonly #sql: Sql;
  readonly #table: string;

  constructor({ sql, table }: { sql: Sql; table: string }) {
    if (!IDENTIFIER.test(table)) throw new Error(`"${table}" is not a plain table name.`);
    this.#sql = sql;
    this.#table = `"${table}"`;
  }

  /** Takes the row when its status is one of `statuses` and no live lease holds it; null otherwise. Bumps epoch and attempt. */
  async claim(
    id: string,
    { owner, ttlMs, statuses }: { owner: string; ttlMs: number; statuses: readonly string[] },
  ): Promise<Lease | null> {
    const [row] = await this.#sql.query<{ epoch: number; attempt: number }>(
      `UPDATE ${this.#table}
       SET lease_owner = $2::text, lease_epoch = lease_epoch + 1, attempt = attempt + 1,
           lease_expires_at = now() + $3::int * interval '1 millisecond'
       WHERE id = $1::uuid AND status::text IN (SELECT jsonb_array_elements_text($4::jsonb))
         AND (lease_expires_at IS NULL OR lease_expires_at <= now())
       RETURNING lease_epoch::int AS epoch, attempt::int AS attempt`,
      id,
      owner,
      ttlMs,
      JSON.stringify(statuses),
    );
    return row ?? null;
  }

  /** Extends the lease; false when it is no longer this holder's, or has expired. */
  async heartbeat(id: string, { owner, epoch, ttlMs }: LeaseHolder & { ttlMs: number }): Promise<boolean> {
    const touched = await this.#sql.execute(
      `UPDATE ${this.#table} SET lease_expires_at = now() + $4::int * interval '1 millisecond'
       WHERE id = $1::uuid AND lease_owner = $2::text AND lease_epoch = $3::int AND lease_expires_at > now()`,
      id,
      owner,
      epoch,
      ttlMs,
    );
    return touched === 1;
  }

  /** Gives the row back; false when it is no longer this holder's. */
  async release(id: string, { owner, epoch }: LeaseHolder): Promise<boolean> {
    const touched = await this.#sql.execute(
      `UPDATE ${this.#table} SET lease_owner = NULL, lease_expires_at = NULL
       WHERE id = $1::uuid AND lease_owner = $2::text AND lease_epoch = $3::int`,
      id,
      owner,
      epoch,
    );
    return touched === 1;
  }

  /** Milliseconds until the live lease on the row expires; null when there is no row or no live lease. */
  async expiresInMs(id: string): Promise<number | null> {
    const [row] = await this.#sql.query<{ ms: number }>(
      `SELECT ceil(extract(epoch FROM lease_expires_at - now()) * 1000)::int AS ms FROM ${this.#table}
       WHERE id = $1::uuid AND lease_expires_at > now()`,
      id,
    );
    return row?.ms ?? null;
  }
}
