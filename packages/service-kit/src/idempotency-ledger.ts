import { Problem } from '@earmark/contracts';
import { tryLock, type Sql } from './sql.js';

export interface IdempotentRequest {
  readonly tenantId: string;
  readonly route: string;
  readonly key: string;
  readonly bodyHash: string;
}

/** First answers to requests with an Idempotency-Key, kept 24 hours, written in the effect's own transaction. Used by the route door. */
export class IdempotencyLedger {
  constructor(private readonly sql: Sql) {}

  /**
   * The stored answer of the same request, or null when this is the first. Call it inside the transaction that will have the effect.
   * Problems: `idempotency_in_flight` (a twin is being worked on), `idempotency_key_reused` (the key came with another request).
   */
  async begin(request: IdempotentRequest): Promise<{ reply: unknown } | null> {
    if (!(await tryLock(this.sql, `idempotency\n${request.tenantId}\n${request.route}\n${request.key}`)))
      throw new Problem('idempotency_in_flight', 'A request with this idempotency key is being worked on; ask again shortly.', {
        retryAfterSeconds: 1,
      });
    const [row] = await this.sql.query<{ body_hash: string; reply: unknown }>(
      `SELECT body_hash, reply FROM idempotency
       WHERE tenant_id = $1::uuid AND route = $2::text AND key = $3::text AND created_at > now() - interval '24 hours'`,
      request.tenantId,
      request.route,
      request.key,
    );
    if (row === undefined) return null;
    if (row.body_hash !== request.bodyHash)
      throw new Problem('idempotency_key_reused', 'This idempotency key was used with another request in the last 24 hours.');
    return { reply: row.reply };
  }

  /** Stores the answer; the same transaction as `begin`. */
  async finish(request: IdempotentRequest, status: number, reply: unknown): Promise<void> {
    await this.sql.execute(
      `INSERT INTO idempotency (tenant_id, route, key, body_hash, status, reply, created_at)
       VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::int, $6::jsonb, now())
       ON CONFLICT (tenant_id, route, key) DO UPDATE
       SET body_hash = excluded.body_hash, status = excluded.status, reply = excluded.reply, created_at = excluded.created_at`,
      request.tenantId,
      request.route,
      request.key,
      request.bodyHash,
      status,
      JSON.stringify(reply),
    );
  }
}
