/** Every column of an annotation: its name, its type and the field it holds. SQL that copies or inserts rows is made from this list. */
export const annotationColumns = [
  { column: 'id', type: 'uuid', field: 'id' },
  { column: 'tenant_id', type: 'uuid', field: 'tenantId' },
  { column: 'annotation_set_id', type: 'uuid', field: 'annotationSetId' },
  { column: 'audio_file_id', type: 'uuid', field: 'audioFileId' },
  { column: 'artifact_type', type: 'text', field: 'artifactType' },
  { column: 'start_ms', type: 'int', field: 'startMs' },
  { column: 'end_ms', type: 'int', field: 'endMs' },
  { column: 'confidence', type: 'float8', field: 'confidence' },
  { column: 'extra_data', type: 'jsonb', field: 'extraData' },
  { column: 'is_valid', type: 'boolean', field: 'isValid' },
  { column: 'created_at', type: 'timestamptz', field: 'createdAt' },
] as const;

type Column = (typeof annotationColumns)[number]['column'];

/** The names of all columns, for an INSERT. */
export const columnNames = annotationColumns.map(({ column }) => column).join(', ');

/** The columns as fields of an object: `start_ms AS "startMs"`, for a SELECT of some of them. */
export function asFields(...columns: readonly Column[]): string {
  return annotationColumns
    .filter(({ column }) => columns.includes(column))
    .map(({ column, field }) => `${column} AS "${field}"`)
    .join(', ');
}

/** All columns in their order, some of them replaced by an expression: for an INSERT … SELECT. */
export function columnsWith(replaced: Partial<Record<Column, string>>): string {
  return annotationColumns.map(({ column }) => replaced[column] ?? `annotation.${column}`).join(', ');
}
