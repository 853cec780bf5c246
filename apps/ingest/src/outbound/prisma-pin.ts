import type { Holder, TenantHolder } from '@earmark/contracts';
import { sqlOf, type Sql } from '@earmark/service-kit';
import type { IdPage, PinStore } from '../ports.js';
import type { IngestUnitOfWork } from './client.js';

export class PrismaPinStore implements PinStore {
  readonly #sql: Sql;

  constructor(ports: { uow: IngestUnitOfWork }) {
    this.#sql = sqlOf(ports.uow);
  }

  async pin(tenantId: string, audioFileIds: readonly string[], holder: Holder, claimId: string): Promise<void> {
    await this.#sql.execute(
      `INSERT INTO pin (audio_file_id, tenant_id, holder_kind, holder_id, claim_id, created_at)
       SELECT file, $1::uuid, $3::text, $4::uuid, $5::uuid, clock_timestamp() FROM unnest($2::uuid[]) AS file
       ON CONFLICT (audio_file_id, holder_kind, holder_id, claim_id) DO UPDATE SET created_at = EXCLUDED.created_at`,
      tenantId,
      audioFileIds,
      holder.kind,
      holder.id,
      claimId,
    );
  }

  unpin(
    tenantId: string,
    { kind, id }: Holder,
    { claimId, madeBefore }: { claimId?: string; madeBefore?: Date },
  ): Promise<number> {
    return this.#sql.execute(
      `DELETE FROM pin WHERE tenant_id = $1::uuid AND holder_kind = $2::text AND holder_id = $3::uuid
         AND ($4::uuid IS NULL OR claim_id = $4::uuid) AND ($5::timestamptz IS NULL OR created_at < $5::timestamptz)`,
      tenantId,
      kind,
      id,
      claimId ?? null,
      madeBefore ?? null,
    );
  }

  async unpinFiles(tenantId: string, audioFileIds: readonly string[]): Promise<void> {
    const text = 'DELETE FROM pin WHERE tenant_id = $1::uuid AND audio_file_id = ANY($2::uuid[])';
    await this.#sql.execute(text, tenantId, audioFileIds);
  }

  holdersOf(tenantId: string, audioFileIds: readonly string[], limit: number): Promise<Holder[]> {
    return this.#sql.query<Holder>(
      `SELECT DISTINCT holder_kind AS kind, holder_id AS id FROM pin
       WHERE tenant_id = $1::uuid AND audio_file_id = ANY($2::uuid[]) ORDER BY 1, 2 LIMIT $3::int`,
      tenantId,
      audioFileIds,
      limit,
    );
  }

  listHolders({ kind, before, afterId, limit }: IdPage): Promise<TenantHolder[]> {
    return this.#sql.query<TenantHolder>(
      `SELECT tenant_id AS "tenantId", holder_id AS id FROM pin
       WHERE holder_kind = $1::text AND ($3::uuid IS NULL OR holder_id > $3::uuid)
       GROUP BY holder_id, tenant_id HAVING max(created_at) < $2::timestamptz ORDER BY holder_id LIMIT $4::int`,
      kind,
      before,
      afterId,
      limit,
    );
  }
}
