import {
  type CreationKey,
  type IdSource,
  newerThan,
  type Page,
  pageOf,
  type PageRequest,
  rowsToSkip,
  type Sql,
  sqlOf,
} from '@earmark/service-kit';
import type { Annotation, Json } from '../domain/annotation.js';
import type { AnnotationSet } from '../domain/annotation-set.js';
import type { PublishedMark } from '../domain/manifest.js';
import type { AnnotationFilter, AnnotationStore, SetAddress } from '../ports.js';
import type { CatalogUnitOfWork } from './client.js';
import { asFields } from './annotation-columns.js';
import { insertAnnotations } from './insert-annotations.js';
import { copyAnnotations, copyReviewedMarks } from './copy-set.js';
import { Prisma, type Annotation as AnnotationRow } from './prisma-client/client.js';

const MARK = asFields('id', 'audio_file_id', 'artifact_type', 'start_ms', 'end_ms', 'confidence');

export class PrismaAnnotationStore implements AnnotationStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: CatalogUnitOfWork; ids: IdSource }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find({ tenantId, annotationSetId }: SetAddress, annotationId: string): Promise<Annotation | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, annotationSetId, id: annotationId } });
    return row && toAnnotation(row);
  }

  async list(
    { tenantId, annotationSetId }: SetAddress,
    filter: AnnotationFilter,
    request: PageRequest<CreationKey>,
  ): Promise<Page<Annotation, CreationKey>> {
    const all = { tenantId, annotationSetId, ...filter };
    const rows = await this.#rows.findMany({
      where: { ...all, ...newerThan(request.after) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toAnnotation), total, request.pageSize, ({ createdAt, id }) => ({ createdAt, id }));
  }

  insert(annotations: readonly Annotation[]): Promise<void> {
    return insertAnnotations(this.#sql, annotations);
  }

  async update(annotation: Annotation): Promise<void> {
    const { id, tenantId, annotationSetId, ...columns } = toRow(annotation);
    await this.#rows.updateMany({ where: { id, tenantId, annotationSetId }, data: columns });
  }

  async remove({ tenantId, annotationSetId }: SetAddress, annotationId: string): Promise<boolean> {
    const { count } = await this.#rows.deleteMany({ where: { tenantId, annotationSetId, id: annotationId } });
    return count === 1;
  }

  validMarks({ tenantId, annotationSetId }: SetAddress): Promise<PublishedMark[]> {
    return this.#sql.query<PublishedMark>(
      `SELECT ${MARK}
       FROM annotation WHERE tenant_id = $1::uuid AND annotation_set_id = $2::uuid AND is_valid`,
      tenantId,
      annotationSetId,
    );
  }

  async copyAll(from: AnnotationSet, to: AnnotationSet, typeNames: readonly string[]): Promise<void> {
    await this.ports.uow.transaction(async () => {
      await copyAnnotations({ sql: this.#sql, ids: this.ports.ids }, from, to, typeNames);
      await copyReviewedMarks(this.#sql, from, to);
    });
  }

  async removeFiles({ tenantId, annotationSetId }: SetAddress, audioFileIds: readonly string[]): Promise<void> {
    const where = { tenantId, annotationSetId, audioFileId: { in: [...audioFileIds] } };
    await this.#rows.deleteMany({ where });
    await this.ports.uow.client().reviewedFile.deleteMany({ where });
  }

  async removeFileFromDrafts(tenantId: string, datasetId: string, audioFileId: string): Promise<void> {
    const drafts = await this.#sql.query<{ annotationSetId: string }>(
      `UPDATE annotation_set SET row_version = row_version + 1
       WHERE tenant_id = $1::uuid AND dataset_id = $2::uuid AND status = 'draft' AND (
         EXISTS (SELECT 1 FROM annotation a WHERE a.annotation_set_id = annotation_set.id AND a.audio_file_id = $3::uuid)
         OR EXISTS (SELECT 1 FROM reviewed_file r WHERE r.annotation_set_id = annotation_set.id AND r.audio_file_id = $3::uuid))
       RETURNING id AS "annotationSetId"`,
      tenantId,
      datasetId,
      audioFileId,
    );
    for (const { annotationSetId } of drafts) await this.removeFiles({ tenantId, datasetId, annotationSetId }, [audioFileId]);
  }

  async refreshValidity(tenantId: string, datasetId: string, typeNames: readonly string[]): Promise<number> {
    // The sets first and for change: whoever is adding annotations is done before we look at them.
    await this.#sql.execute(
      `UPDATE annotation_set SET row_version = row_version + 1
       WHERE tenant_id = $1::uuid AND dataset_id = $2::uuid AND status = 'draft' AND deleted_at IS NULL`,
      tenantId,
      datasetId,
    );
    const [counts] = await this.#sql.query<{ invalidated: bigint }>(
      `WITH changed AS (
         UPDATE annotation SET is_valid = NOT is_valid
         FROM annotation_set s
         WHERE s.id = annotation.annotation_set_id AND s.tenant_id = $1::uuid AND s.dataset_id = $2::uuid AND s.status = 'draft'
           AND s.deleted_at IS NULL AND annotation.tenant_id = $1::uuid
           AND annotation.is_valid <> (annotation.artifact_type = ANY($3::text[]))
         RETURNING annotation.is_valid)
       SELECT count(*) FILTER (WHERE NOT is_valid) AS invalidated FROM changed`,
      tenantId,
      datasetId,
      typeNames,
    );
    return Number(counts?.invalidated ?? 0);
  }

  get #rows() {
    return this.ports.uow.client().annotation;
  }
}

function toAnnotation(row: AnnotationRow): Annotation {
  return { ...row, extraData: row.extraData as Record<string, Json> | null };
}

function toRow(annotation: Annotation) {
  const { extraData } = annotation;
  return { ...annotation, extraData: extraData === null ? Prisma.DbNull : (extraData as Prisma.InputJsonObject) };
}
