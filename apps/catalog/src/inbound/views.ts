import type { RouteReply } from '@earmark/contracts';
import type { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import type { CreationKey, ItemShape, VersionKey } from '@earmark/service-kit';
import type { Annotation } from '../domain/annotation.js';
import { namingWarnings } from '../domain/artifact-type.js';
import type { DatasetSummary } from '../use-cases/dataset-summary.js';
import type { SetSummary } from '../use-cases/set-summary.js';

type DatasetView = RouteReply<typeof routes.readDataset>['body'];
type AnnotationSetView = RouteReply<typeof routes.publishAnnotationSet>['body'];
type AnnotationView = RouteReply<typeof routes.changeAnnotation>['body'];

/** A dataset on the wire. */
export function datasetView({ dataset, audioCount, annotationSetCount, warnings }: DatasetSummary): DatasetView {
  return {
    id: dataset.id,
    name: dataset.name,
    description: dataset.description,
    artifact_types: dataset.artifactTypes.map(({ name, description, color }) => ({ name, description, color })),
    audio_count: audioCount,
    annotation_set_count: annotationSetCount,
    created_at: dataset.createdAt.toISOString(),
    updated_at: dataset.updatedAt.toISOString(),
    warnings: [...namingWarnings(dataset.artifactTypes), ...warnings],
  };
}

/** An annotation set on the wire, without its annotations. */
export function setView({ set, totals }: SetSummary): AnnotationSetView {
  return {
    id: set.id,
    dataset_id: set.datasetId,
    version: set.version,
    status: set.status,
    is_stale: set.isStale,
    manifest_sha256: set.manifest?.sha256 ?? null,
    total_annotations: totals.totalAnnotations,
    total_positive_duration_ms: totals.totalPositiveDurationMs,
    annotations_by_type: { ...totals.annotationsByType },
    created_at: set.createdAt.toISOString(),
    published_at: set.publishedAt?.toISOString() ?? null,
  };
}

/** An annotation on the wire. */
export function annotationView(annotation: Annotation): AnnotationView {
  return {
    id: annotation.id,
    annotation_set_id: annotation.annotationSetId,
    audio_file_id: annotation.audioFileId,
    artifact_type: annotation.artifactType,
    start_ms: annotation.startMs,
    end_ms: annotation.endMs,
    confidence: annotation.confidence,
    extra_data: annotation.extraData,
    is_valid: annotation.isValid,
    created_at: annotation.createdAt.toISOString(),
  };
}

/** How items of the three lists look and where they stand. */
export const datasetShape: ItemShape<DatasetSummary, CreationKey> = {
  view: datasetView,
  keyOf: ({ dataset }) => ({ createdAt: dataset.createdAt, id: dataset.id }),
};
export const setShape: ItemShape<SetSummary, VersionKey> = { view: setView, keyOf: ({ set }) => ({ version: set.version }) };
export const annotationShape: ItemShape<Annotation, CreationKey> = {
  view: annotationView,
  keyOf: ({ createdAt, id }) => ({ createdAt, id }),
};
