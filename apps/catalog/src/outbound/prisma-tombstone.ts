import { sqlOf, type Sql } from '@earmark/service-kit';
import type { ExpiredSet, TombstoneStore } from '../ports.js';
import type { CatalogUnitOfWork } from './client.js';

/** Tables whose rows belong to a set, children before the set. */
const CHILDREN = ['annotation', 'reviewed_file', 'published_file', 'annotation_set_pin'] as const;

export class PrismaTombstoneStore implements TombstoneStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: CatalogUnitOfWork }) {
    this.#sql = sqlOf(ports.uow);
  }

  expiredSets(deletedBefore: Date, limit: number): Promise<ExpiredSet[]> {
    return this.#sql.query<ExpiredSet>(
      `SELECT s.tenant_id AS "tenantId", s.id AS "annotationSetId", s.manifest_key AS "manifestKey"
       FROM annotation_set s JOIN dataset d ON d.id = s.dataset_id
       WHERE s.deleted_at < $1::timestamptz OR d.deleted_at < $1::timestamptz
       ORDER BY s.id LIMIT $2::int`,
      deletedBefore,
      limit,
    );
  }

  async eraseSome({ tenantId, annotationSetId }: ExpiredSet, limit: number): Promise<number> {
    for (const table of CHILDREN) {
      const erased = await this.#sql.execute(
        `DELETE FROM ${table} WHERE ctid IN (
           SELECT ctid FROM ${table} WHERE tenant_id = $1::uuid AND annotation_set_id = $2::uuid LIMIT $3::int)`,
        tenantId,
        annotationSetId,
        limit,
      );
      if (erased > 0) return erased;
    }
    const where = { tenantId, id: annotationSetId };
    const { count } = await this.ports.uow.client().annotationSet.deleteMany({ where });
    return count;
  }

  async eraseDatasets(deletedBefore: Date): Promise<number> {
    const where = { deletedAt: { lt: deletedBefore }, annotationSets: { none: {} } };
    const { count } = await this.ports.uow.client().dataset.deleteMany({ where });
    return count;
  }

  async manifestsInUse(tenantId: string, keys: readonly string[], exceptSetId: string | null): Promise<Set<string>> {
    const rows = await this.ports.uow.client().annotationSet.findMany({
      where: { tenantId, manifestKey: { in: [...keys] }, ...(exceptSetId === null ? {} : { id: { not: exceptSetId } }) },
      select: { manifestKey: true },
    });
    return new Set(rows.flatMap((row) => row.manifestKey ?? []));
  }

  async tenants(): Promise<string[]> {
    const rows = await this.#sql.query<{ tenantId: string }>('SELECT DISTINCT tenant_id AS "tenantId" FROM dataset');
    return rows.map((row) => row.tenantId);
  }

  async publishedSets(ids: readonly string[]): Promise<Set<string>> {
    const where = { id: { in: [...ids] }, status: 'published', deletedAt: null, dataset: { deletedAt: null } };
    const rows = await this.ports.uow.client().annotationSet.findMany({ where, select: { id: true } });
    return new Set(rows.map(({ id }) => id));
  }

  async livingDatasets(ids: readonly string[]): Promise<Set<string>> {
    const where = { id: { in: [...ids] }, deletedAt: null };
    const rows = await this.ports.uow.client().dataset.findMany({ where, select: { id: true } });
    return new Set(rows.map(({ id }) => id));
  }
}
