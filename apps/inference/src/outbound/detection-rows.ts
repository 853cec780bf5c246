import type { Sql } from '@earmark/service-kit';
import type { StoredDetection } from '../domain/inference-file.js';

/** Detections of one file in a list, and of a whole list: what a part of a page may hold in memory and in a message. */
export const DETECTIONS_PER_FILE = 5_000;
const DETECTIONS_PER_LIST = 20_000;

const FIRST = `
  SELECT id, jsonb_path_query_array(detections, '$[0 to $last]', jsonb_build_object('last', $2::int)) AS detections
  FROM inference_file WHERE tenant_id = $1::uuid AND id = ANY($3::uuid[]) AND detection_count > 0`;

const SLICE = `
  SELECT coalesce(detection_count, 0) AS total,
         coalesce(jsonb_path_query_array(detections, '$[$first to $last]', jsonb_build_object('first', $4::int, 'last', $5::int)), '[]')
           AS detections
  FROM inference_file WHERE tenant_id = $1::uuid AND job_id = $2::uuid AND id = $3::uuid`;

/** As many of the rows as a list may carry with their detections; at least one. */
export function cutByDetections<Row extends { readonly detectionCount: number | null }>(rows: readonly Row[]): readonly Row[] {
  let left = DETECTIONS_PER_LIST;
  const tooMuch = rows.findIndex(({ detectionCount }) => (left -= Math.min(detectionCount ?? 0, DETECTIONS_PER_FILE)) < 0);
  return tooMuch === -1 ? rows : rows.slice(0, Math.max(1, tooMuch));
}

/** The first detections of each file that has any. */
export async function firstDetections(
  sql: Sql,
  tenantId: string,
  fileIds: readonly string[],
): Promise<Map<string, readonly StoredDetection[]>> {
  const rows = await sql.query<{ id: string; detections: StoredDetection[] }>(FIRST, tenantId, DETECTIONS_PER_FILE - 1, fileIds);
  return new Map(rows.map(({ id, detections }) => [id, detections]));
}

/** A slice of one file's detections; null when there is no such file. */
export async function sliceOfDetections(
  sql: Sql,
  { tenantId, jobId, fileId }: { tenantId: string; jobId: string; fileId: string },
  { offset, limit }: { offset: number; limit: number },
): Promise<{ detections: readonly StoredDetection[]; total: number } | null> {
  type Row = { total: number; detections: StoredDetection[] };
  const [row] = await sql.query<Row>(SLICE, tenantId, jobId, fileId, offset, offset + limit - 1);
  return row ?? null;
}
