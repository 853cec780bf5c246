import type { Holder, TenantHolder } from '@earmark/contracts';
import { sqlOf, type Sql } from '@earmark/service-kit';
import type { SetAddress, SetPinStore } from '../ports.js';
import type { CatalogUnitOfWork } from './client.js';

export class PrismaSetPinStore implements SetPinStore {
  readonly #sql: Sql;

  constructor(ports: { uow: CatalogUnitOfWork }) {
    this.#sql = sqlOf(ports.uow);
  }

  async pin({ tenantId, annotationSetId }: SetAddress, { kind, id }: Holder): Promise<void> {
    await this.#sql.execute(
      `INSERT INTO annotation_set_pin (annotation_set_id, tenant_id, holder_kind, holder_id)
       VALUES ($1::uuid, $2::uuid, $3::text, $4::uuid) ON CONFLICT DO NOTHING`,
      annotationSetId,
      tenantId,
      kind,
      id,
    );
  }

  unpin(tenantId: string, { kind, id }: Holder): Promise<number> {
    const text = 'DELETE FROM annotation_set_pin WHERE tenant_id = $1::uuid AND holder_kind = $2::text AND holder_id = $3::uuid';
    return this.#sql.execute(text, tenantId, kind, id);
  }

  holdersOf({ tenantId, annotationSetId }: SetAddress, limit: number): Promise<Holder[]> {
    return this.#sql.query<Holder>(
      `SELECT holder_kind AS kind, holder_id AS id FROM annotation_set_pin
       WHERE tenant_id = $1::uuid AND annotation_set_id = $2::uuid ORDER BY 1, 2 LIMIT $3::int`,
      tenantId,
      annotationSetId,
      limit,
    );
  }

  listHolders({ kind, before, afterId, limit }: Parameters<SetPinStore['listHolders']>[0]): Promise<TenantHolder[]> {
    return this.#sql.query<TenantHolder>(
      `SELECT DISTINCT tenant_id AS "tenantId", holder_id AS id FROM annotation_set_pin
       WHERE holder_kind = $1::text AND created_at < $2::timestamptz AND ($3::uuid IS NULL OR holder_id > $3::uuid)
       ORDER BY holder_id LIMIT $4::int`,
      kind,
      before,
      afterId,
      limit,
    );
  }
}
