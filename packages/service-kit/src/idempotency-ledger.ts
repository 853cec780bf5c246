import { Problem } from '@earmark/contracts';
import type { Sql } from './sql.js';

export interface IdempotentRequest {
  readonly tenantId: string;
  readonly route: string;
  readonly key: string;
  readonly bodyHash: string;
}

/** The right to have a request's effect; it ends with `confirm` and `finish`, with `release`, or after {@link CLAIM_SECONDS}. */
export interface IdempotencyClaim extends IdempotentRequest {
  /** When it was made, as the database writes it: tells a claim from the one that replaced it. */
  readonly claimedAt: string;
}

/** A claim of a process that died is free again after this time; longer than any route that writes takes. */
export const CLAIM_SECONDS = 120;

const ROW = 'tenant_id = $1::uuid AND route = $2::text AND key = $3::text';
const OPEN_CLAIM = `${ROW} AND status IS NULL AND created_at = $4::timestamptz`;

/** First answers to requests with an Idempotency-Key, kept 24 hours, written in the effect's own transaction. */
export class IdempotencyLedger {
  constructor(private readonly sql: Sql) {}

  /**
   * The stored answer of the same request, or a claim when this is the first; holds no connection afterwards.
   * Problems: `idempotency_in_flight` (a twin is being worked on), `idempotency_key_reused` (the key came with another request).
   */
  async claim(request: IdempotentRequest): Promise<{ reply: unknown } | { claim: IdempotencyClaim }> {
    const [claimed] = await this.sql.query<{ claimedAt: string }>(
      `INSERT INTO idempotency AS known (tenant_id, route, key, body_hash, created_at)
       VALUES ($1::uuid, $2::text, $3::text, $4::text, clock_timestamp())
       ON CONFLICT (tenant_id, route, key) DO UPDATE
       SET body_hash = excluded.body_hash, status = NULL, reply = NULL, created_at = excluded.created_at
       WHERE known.created_at <= now() - interval '24 hours'
          OR (known.status IS NULL AND known.created_at <= now() - $5::int * interval '1 second')
       RETURNING created_at::text AS "claimedAt"`,
      ...placeOf(request),
      request.bodyHash,
      CLAIM_SECONDS,
    );
    return claimed === undefined ? this.#answered(request) : { claim: { ...request, claimedAt: claimed.claimedAt } };
  }

  /** Holds the claim in the transaction of the effect; throws `idempotency_in_flight` when a twin has taken it over. */
  async confirm(claim: IdempotencyClaim): Promise<void> {
    const held = await this.sql.query(
      `SELECT 1 FROM idempotency WHERE ${OPEN_CLAIM} FOR UPDATE`,
      ...placeOf(claim),
      claim.claimedAt,
    );
    if (held.length === 0) throw inFlight();
  }

  /** Stores the answer; the same transaction as `confirm`. */
  async finish(claim: IdempotencyClaim, status: number, reply: unknown): Promise<void> {
    await this.sql.execute(
      `UPDATE idempotency SET status = $5::int, reply = $6::jsonb WHERE ${OPEN_CLAIM}`,
      ...placeOf(claim),
      claim.claimedAt,
      status,
      JSON.stringify(reply),
    );
  }

  /** Forgets a request that had no effect, so that it may come again at once. */
  async release(claim: IdempotencyClaim): Promise<void> {
    await this.sql.execute(`DELETE FROM idempotency WHERE ${OPEN_CLAIM}`, ...placeOf(claim), claim.claimedAt);
  }

  async #answered(request: IdempotentRequest): Promise<{ reply: unknown }> {
    const [row] = await this.sql.query<{ bodyHash: string; status: number | null; reply: unknown }>(
      `SELECT body_hash AS "bodyHash", status, reply FROM idempotency WHERE ${ROW}`,
      ...placeOf(request),
    );
    if (row !== undefined && row.bodyHash !== request.bodyHash)
      throw new Problem('idempotency_key_reused', 'This idempotency key was used with another request in the last 24 hours.');
    if (row === undefined || row.status === null) throw inFlight();
    return { reply: row.reply };
  }
}

const placeOf = ({ tenantId, route, key }: IdempotentRequest) => [tenantId, route, key] as const;

function inFlight(): Problem {
  return new Problem('idempotency_in_flight', 'A request with this idempotency key is being worked on; ask again shortly.', {
    retryAfterSeconds: 1,
  });
}
