import type { RouteReply } from '@earmark/contracts';
import type { readModel } from '@earmark/contracts/model-registry/routes';
import type { Model } from '../domain/model.js';

type ModelView = RouteReply<typeof readModel>['body'];

/** A model in a list: its metrics keep the headline and every type, and lose the intervals and the segment-based block. */
export function modelSummaryView(model: Model): ModelView {
  const view = modelView(model);
  return { ...view, eval_metrics: { ...view.eval_metrics, per_class: withoutIntervals(view), segment_based: null } };
}

function withoutIntervals({ eval_metrics: { per_class: types } }: ModelView): ModelView['eval_metrics']['per_class'] {
  return Object.fromEntries(Object.entries(types).map(([name, metrics]) => [name, { ...metrics, f1_interval: null }]));
}

/** A model on the wire. */
export function modelView(model: Model): ModelView {
  return {
    id: model.id,
    kind: model.kind,
    name: model.name,
    description: model.description,
    artifact_types: model.manifest.artifactTypes,
    training_job_id: model.trainingJobId,
    dataset_id: model.datasetId,
    dataset_deleted: model.datasetDeleted,
    annotation_set_id: model.annotationSetId,
    annotation_set_version: model.annotationSetVersion,
    eval_metrics: model.evalMetrics,
    thresholds: { ...model.thresholds },
    aliases: [...model.aliases],
    is_active: model.isActive,
    archived_at: model.archivedAt?.toISOString() ?? null,
    artifacts: Object.fromEntries(
      Object.entries(model.artifacts).map(([name, { sha256, sizeBytes }]) => [name, { sha256, size_bytes: sizeBytes }]),
    ),
    lineage: { ...model.lineage, data_hash: model.manifest.dataHash },
    created_at: model.createdAt.toISOString(),
    updated_at: model.updatedAt.toISOString(),
  };
}
