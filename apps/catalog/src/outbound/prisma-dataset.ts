import { Problem, type Transition } from '@earmark/contracts';
import {
  type CreationKey,
  lockClause,
  type LockStrength,
  olderThan,
  type Outbox,
  type Page,
  pageOf,
  type PageRequest,
  rowsToSkip,
  type Sql,
  sqlOf,
} from '@earmark/service-kit';
import type { ArtifactType } from '../domain/artifact-type.js';
import type { Dataset } from '../domain/dataset.js';
import type { DatasetStore } from '../ports.js';
import type { CatalogUnitOfWork } from './client.js';
import type { Dataset as DatasetRow, Prisma } from './prisma-client/client.js';

export class PrismaDatasetStore implements DatasetStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: CatalogUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find(tenantId: string, datasetId: string): Promise<Dataset | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, id: datasetId, deletedAt: null } });
    return row && toDataset(row);
  }

  async lock(tenantId: string, datasetId: string, strength: LockStrength): Promise<Dataset | null> {
    const held = await this.#sql.query(
      `SELECT 1 FROM dataset WHERE tenant_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL ${lockClause(strength)}`,
      tenantId,
      datasetId,
    );
    return held.length === 0 ? null : this.find(tenantId, datasetId);
  }

  async list(tenantId: string, request: PageRequest<CreationKey>): Promise<Page<Dataset, CreationKey>> {
    const all = { tenantId, deletedAt: null };
    const rows = await this.#rows.findMany({
      where: { ...all, ...olderThan(request.after) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toDataset), total, request.pageSize, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async countSets(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>> {
    const groups = await this.ports.uow.client().annotationSet.groupBy({
      by: ['datasetId'],
      where: { tenantId, datasetId: { in: [...datasetIds] }, deletedAt: null },
      _count: { _all: true },
    });
    return new Map(groups.map((group) => [group.datasetId, group._count._all]));
  }

  async takeSetVersion(tenantId: string, datasetId: string): Promise<number | null> {
    const [row] = await this.#sql.query<{ version: number }>(
      `UPDATE dataset SET last_set_version = last_set_version + 1
       WHERE tenant_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL RETURNING last_set_version AS version`,
      tenantId,
      datasetId,
    );
    return row?.version ?? null;
  }

  async lockSome(tenantId: string, limit: number): Promise<Dataset[]> {
    const held = await this.#sql.query<{ id: string }>(
      `SELECT id FROM dataset WHERE tenant_id = $1::uuid AND deleted_at IS NULL ORDER BY id LIMIT $2::int FOR UPDATE`,
      tenantId,
      limit,
    );
    const rows = await this.#rows.findMany({ where: { tenantId, id: { in: held.map(({ id }) => id) } } });
    return rows.map(toDataset);
  }

  async save({ next, facts }: Transition<Dataset>): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.version === 1) await this.#rows.create({ data: { id: next.id, createdAt: next.createdAt, ...toColumns(next) } });
      else await this.#update(next);
      await this.ports.outbox.append(facts);
    });
  }

  async #update(next: Dataset): Promise<void> {
    const { tenantId, id, version } = next;
    const { count } = await this.#rows.updateMany({
      where: { tenantId, id, version: version - 1 },
      data: toColumns(next),
    });
    if (count !== 1) throw new Problem('conflict', 'The dataset was changed by someone else at the same time; try again.');
  }

  get #rows() {
    return this.ports.uow.client().dataset;
  }
}

function toDataset(row: DatasetRow): Dataset {
  const { id, tenantId, name, description, version, createdAt, updatedAt, deletedAt } = row;
  const artifactTypes = row.artifactTypes as unknown as ArtifactType[];
  return { id, tenantId, name, description, artifactTypes, version, createdAt, updatedAt, deletedAt };
}

function toColumns({ tenantId, name, description, artifactTypes, version, updatedAt, deletedAt }: Dataset) {
  const json = artifactTypes as unknown as Prisma.InputJsonValue;
  return { tenantId, name, description, artifactTypes: json, version, updatedAt, deletedAt };
}
