import type { IdSource, Sql } from '@earmark/service-kit';
import type { AnnotationSet } from '../domain/annotation-set.js';
import { columnNames, columnsWith } from './annotation-columns.js';

const BATCH_SIZE = 10_000;

/** A copy belongs to the new set, is valid by the dataset's types of today, and is as old as the set. */
const COPIED = columnsWith({
  id: 'pair.new_id',
  annotation_set_id: '$2::uuid',
  is_valid: 'annotation.artifact_type = ANY($3::text[])',
  created_at: '$4::timestamptz',
});

/** Copies annotations block by block: only ids travel, the new ones sort as the old ones did. Needs an open transaction. */
export async function copyAnnotations(
  { sql, ids }: { sql: Sql; ids: IdSource },
  from: AnnotationSet,
  to: AnnotationSet,
  typeNames: readonly string[],
): Promise<void> {
  for (let skip = 0; ; skip += BATCH_SIZE) {
    const block = await sql.query<{ id: string }>(
      `SELECT id FROM annotation WHERE tenant_id = $1::uuid AND annotation_set_id = $2::uuid
       ORDER BY created_at, id LIMIT $3::int OFFSET $4::int`,
      from.tenantId,
      from.id,
      BATCH_SIZE,
      skip,
    );
    if (block.length > 0)
      await copyBlock(
        sql,
        to,
        typeNames,
        block.map(({ id }) => ({ oldId: id, newId: ids.next() })),
      );
    if (block.length < BATCH_SIZE) return;
  }
}

async function copyBlock(
  sql: Sql,
  to: AnnotationSet,
  typeNames: readonly string[],
  pairs: readonly { oldId: string; newId: string }[],
): Promise<void> {
  await sql.execute(
    `INSERT INTO annotation (${columnNames}) SELECT ${COPIED}
     FROM annotation JOIN unnest($5::uuid[], $6::uuid[]) AS pair(old_id, new_id) ON pair.old_id = annotation.id
     WHERE annotation.tenant_id = $1::uuid`,
    to.tenantId,
    to.id,
    typeNames,
    to.createdAt,
    pairs.map((pair) => pair.oldId),
    pairs.map((pair) => pair.newId),
  );
}

/** Copies the reviewed marks; needs an open transaction. */
export async function copyReviewedMarks(sql: Sql, from: AnnotationSet, to: AnnotationSet): Promise<void> {
  await sql.execute(
    `INSERT INTO reviewed_file (annotation_set_id, audio_file_id, tenant_id, created_at)
     SELECT $3::uuid, audio_file_id, tenant_id, $4::timestamptz FROM reviewed_file
     WHERE tenant_id = $1::uuid AND annotation_set_id = $2::uuid`,
    from.tenantId,
    from.id,
    to.id,
    to.createdAt,
  );
}
