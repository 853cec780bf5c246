import { referenceKinds, type Reference, type TenantHolder } from '@earmark/contracts';
import { deleteReleased } from '@earmark/contracts/ingest/jobs';
import { sqlOf, type Outbox, type Sql } from '@earmark/service-kit';
import type { IdPage, ReferenceStore, ReleasedReference } from '../ports.js';
import type { IngestUnitOfWork } from './client.js';

export class PrismaReferenceStore implements ReferenceStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: IngestUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async release(reference: ReleasedReference): Promise<void> {
    const { tenantId, kind, id } = reference;
    await this.ports.uow.transaction(async () => {
      const text = `INSERT INTO released_reference (tenant_id, kind, id) VALUES ($1::uuid, $2::text, $3::uuid)
        ON CONFLICT (tenant_id, kind, id) DO UPDATE SET emptied_at = NULL`;
      await this.#sql.execute(text, tenantId, kind, id);
      await this.ports.outbox.append([deleteReleased.request({ tenantId, kind, id })]);
    });
  }

  async isReleased(tenantId: string, { kind, id }: Reference): Promise<boolean> {
    const rows = await this.#sql.query(
      `SELECT 1 FROM released_reference WHERE tenant_id = $1::uuid
         AND (kind = $2::text AND id = $3::uuid OR kind = '${referenceKinds.tenant}' AND id = $1::uuid)`,
      tenantId,
      kind,
      id,
    );
    return rows.length > 0;
  }

  async markEmptied({ tenantId, kind, id }: ReleasedReference): Promise<void> {
    const text =
      'UPDATE released_reference SET emptied_at = now() WHERE tenant_id = $1::uuid AND kind = $2::text AND id = $3::uuid';
    await this.#sql.execute(text, tenantId, kind, id);
  }

  unemptied(ageMs: number, limit: number): Promise<ReleasedReference[]> {
    return this.#sql.query<ReleasedReference>(
      `SELECT tenant_id AS "tenantId", kind, id FROM released_reference
       WHERE emptied_at IS NULL AND released_at < now() - $1::int * interval '1 millisecond' ORDER BY released_at LIMIT $2::int`,
      ageMs,
      limit,
    );
  }

  list({ kind, before, afterId, limit }: IdPage): Promise<TenantHolder[]> {
    return this.#sql.query<TenantHolder>(
      `SELECT DISTINCT tenant_id AS "tenantId", dataset_id AS id FROM audio_file
       WHERE purpose = $1::text AND deleted_at IS NULL AND created_at < $2::timestamptz
         AND dataset_id IS NOT NULL AND ($3::uuid IS NULL OR dataset_id > $3::uuid)
       ORDER BY dataset_id LIMIT $4::int`,
      kind,
      before,
      afterId,
      limit,
    );
  }
}
