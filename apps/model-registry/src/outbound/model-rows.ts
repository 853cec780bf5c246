import type { Model } from '../domain/model.js';
import type { Model as ModelRow, Prisma } from './prisma-client/client.js';

/** A row with the model's aliases. */
export type AliasedRow = ModelRow & { readonly aliases: readonly { readonly alias: string }[] };

/** Loads aliases in the order the domain keeps them. */
export const withAliases = { aliases: { select: { alias: true }, orderBy: { alias: 'asc' } } } as const;

/** The model of a row. JSON columns hold what the contract parsed when it was registered. */
export function toModel({ artifactTypes: _types, f1Score: _score, ...row }: AliasedRow): Model {
  return {
    ...row,
    kind: row.kind as Model['kind'],
    manifest: row.manifest as unknown as Model['manifest'],
    evalMetrics: row.evalMetrics as unknown as Model['evalMetrics'],
    thresholds: row.thresholds as unknown as Model['thresholds'],
    artifacts: row.artifacts as unknown as Model['artifacts'],
    lineage: row.lineage as unknown as Model['lineage'],
    aliases: row.aliases.map(({ alias }) => alias).sort((a, b) => (a < b ? -1 : 1)),
  };
}

/** Columns that are written once. */
export function toFixedColumns(model: Model) {
  return {
    id: model.id,
    tenantId: model.tenantId,
    kind: model.kind,
    artifactTypes: model.manifest.artifactTypes,
    trainingJobId: model.trainingJobId,
    datasetId: model.datasetId,
    annotationSetId: model.annotationSetId,
    annotationSetVersion: model.annotationSetVersion,
    manifest: json(model.manifest),
    evalMetrics: json(model.evalMetrics),
    f1Score: model.evalMetrics.f1_score,
    artifacts: json(model.artifacts),
    lineage: json(model.lineage),
    createdAt: model.createdAt,
  };
}

/** Columns that change. */
export function toChangingColumns(model: Model) {
  const { name, description, datasetDeleted, isActive, version, updatedAt, archivedAt, artefactsRemovedAt } = model;
  const thresholds = json(model.thresholds);
  return { name, description, datasetDeleted, thresholds, isActive, version, updatedAt, archivedAt, artefactsRemovedAt };
}

function json(value: object): Prisma.InputJsonObject {
  return value;
}
