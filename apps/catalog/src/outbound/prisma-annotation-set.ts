import { Problem, type AnnotationSetStatus, type Transition } from '@earmark/contracts';
import {
  lockClause,
  type LockStrength,
  type Outbox,
  type Page,
  pageOf,
  type PageRequest,
  rowsToSkip,
  type Sql,
  sqlOf,
  type VersionKey,
} from '@earmark/service-kit';
import type { AnnotationSet, SetTotals } from '../domain/annotation-set.js';
import type { AnnotationSetStore, SetAddress } from '../ports.js';
import type { CatalogUnitOfWork } from './client.js';
import { totalsOf, type TotalsRow } from './set-totals.js';
import type { AnnotationSet as SetRow } from './prisma-client/client.js';

const ADDRESS = 'tenant_id = $1::uuid AND dataset_id = $2::uuid AND id = $3::uuid AND deleted_at IS NULL';

export class PrismaAnnotationSetStore implements AnnotationSetStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: CatalogUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find({ tenantId, datasetId, annotationSetId }: SetAddress): Promise<AnnotationSet | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, datasetId, id: annotationSetId, deletedAt: null } });
    return row && toSet(row);
  }

  async lock(address: SetAddress, strength: LockStrength): Promise<AnnotationSet | null> {
    const text = `SELECT 1 FROM annotation_set WHERE ${ADDRESS} ${lockClause(strength)}`;
    const held = await this.#sql.query(text, ...paramsOf(address));
    return held.length === 0 ? null : this.find(address);
  }

  async lockDraftForContent(address: SetAddress): Promise<AnnotationSet | null> {
    const text = `UPDATE annotation_set SET row_version = row_version + 1 WHERE ${ADDRESS} AND status = 'draft'`;
    const held = await this.#sql.execute(text, ...paramsOf(address));
    return held === 0 ? null : this.find(address);
  }

  async list(tenantId: string, datasetId: string, request: PageRequest<VersionKey>): Promise<Page<AnnotationSet, VersionKey>> {
    const all = { tenantId, datasetId, deletedAt: null };
    const rows = await this.#rows.findMany({
      where: { ...all, ...(request.after === null ? {} : { version: { lt: request.after.version } }) },
      orderBy: { version: 'desc' },
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toSet), total, request.pageSize, ({ version }) => ({ version }));
  }

  async totals(tenantId: string, setIds: readonly string[]): Promise<Map<string, SetTotals>> {
    const rows = await this.#sql.query<TotalsRow>(
      `SELECT annotation_set_id AS "setId", artifact_type AS "artifactType", count(*) AS count, sum(end_ms - start_ms) AS "durationMs"
       FROM annotation WHERE tenant_id = $1::uuid AND annotation_set_id = ANY($2::uuid[]) AND is_valid
       GROUP BY annotation_set_id, artifact_type ORDER BY artifact_type`,
      tenantId,
      setIds,
    );
    return totalsOf(rows);
  }

  async save({ next, facts }: Transition<AnnotationSet>): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.rowVersion === 1) await this.#rows.create({ data: toNewRow(next) });
      else await this.#update(next);
      await this.ports.outbox.append(facts);
    });
  }

  async refreshStaleness(tenantId: string, datasetId: string, typeNames: readonly string[]): Promise<number> {
    const changed = await this.#sql.query<{ isStale: boolean }>(
      `UPDATE annotation_set SET is_stale = NOT (published_types <@ $3::text[]), row_version = row_version + 1
       WHERE tenant_id = $1::uuid AND dataset_id = $2::uuid AND status = 'published' AND deleted_at IS NULL
         AND is_stale = (published_types <@ $3::text[])
       RETURNING is_stale AS "isStale"`,
      tenantId,
      datasetId,
      typeNames,
    );
    return changed.filter((set) => set.isStale).length;
  }

  async reviewedFiles({ tenantId, annotationSetId }: SetAddress): Promise<Set<string>> {
    const rows = await this.ports.uow.client().reviewedFile.findMany({
      where: { tenantId, annotationSetId },
      select: { audioFileId: true },
    });
    return new Set(rows.map((row) => row.audioFileId));
  }

  async markReviewed({ tenantId, annotationSetId }: SetAddress, audioFileIds: readonly string[], at: Date): Promise<void> {
    await this.#sql.execute(
      `INSERT INTO reviewed_file (tenant_id, annotation_set_id, audio_file_id, created_at)
       SELECT $1::uuid, $2::uuid, file, $4::timestamptz FROM unnest($3::uuid[]) AS file ON CONFLICT DO NOTHING`,
      tenantId,
      annotationSetId,
      audioFileIds,
      at,
    );
  }

  async recordPublishedFiles({ tenantId, annotationSetId }: SetAddress, audioFileIds: readonly string[]): Promise<void> {
    await this.#sql.execute(
      `INSERT INTO published_file (tenant_id, annotation_set_id, audio_file_id)
       SELECT $1::uuid, $2::uuid, file FROM unnest($3::uuid[]) AS file`,
      tenantId,
      annotationSetId,
      audioFileIds,
    );
  }

  async #update(next: AnnotationSet): Promise<void> {
    const { tenantId, id, rowVersion } = next;
    const { count } = await this.#rows.updateMany({
      where: { tenantId, id, rowVersion: rowVersion - 1 },
      data: toColumns(next),
    });
    if (count !== 1) throw new Problem('conflict', 'The annotation set was changed by someone else at the same time; try again.');
  }

  get #rows() {
    return this.ports.uow.client().annotationSet;
  }
}

function paramsOf({ tenantId, datasetId, annotationSetId }: SetAddress): [string, string, string] {
  return [tenantId, datasetId, annotationSetId];
}

function toSet(row: SetRow): AnnotationSet {
  const { manifestKey, manifestSha256, manifestSizeBytes, status, ...rest } = row;
  const complete = manifestKey !== null && manifestSha256 !== null && manifestSizeBytes !== null;
  return {
    ...rest,
    status: status as AnnotationSetStatus,
    manifest: complete ? { key: manifestKey, sha256: manifestSha256, sizeBytes: manifestSizeBytes } : null,
  };
}

function toNewRow(set: AnnotationSet) {
  const { id, tenantId, datasetId, version, createdAt } = set;
  return { id, tenantId, datasetId, version, createdAt, ...toColumns(set) };
}

function toColumns({ status, rowVersion, isStale, publishedTypes, manifest, publishedAt, deletedAt }: AnnotationSet) {
  const manifestColumns = {
    manifestKey: manifest?.key ?? null,
    manifestSha256: manifest?.sha256 ?? null,
    manifestSizeBytes: manifest?.sizeBytes ?? null,
  };
  return { status, rowVersion, isStale, publishedTypes: [...publishedTypes], ...manifestColumns, publishedAt, deletedAt };
}
