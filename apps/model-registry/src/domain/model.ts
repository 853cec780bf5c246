import {
  Problem,
  transition,
  type EvalMetrics,
  type FieldError,
  type ModelManifest,
  type ObjectRef,
  type Transition,
} from '@earmark/contracts';
import { modelArchived, modelChanged, modelCreated } from '@earmark/contracts/model-registry/events';
import type { ModelArtifact } from '@earmark/contracts/model-registry/routes';
import { isDeepStrictEqual } from 'node:util';

/** What the trainer hands over when a training succeeded. */
export interface TrainedModel {
  readonly tenantId: string;
  readonly trainingJobId: string;
  readonly datasetId: string;
  readonly annotationSetId: string;
  readonly annotationSetVersion: number;
  readonly manifest: ModelManifest;
  readonly evalMetrics: EvalMetrics;
  readonly artifacts: Readonly<Record<ModelArtifact, ObjectRef>>;
  readonly lineage: Readonly<Record<string, unknown>>;
}

export interface Model extends TrainedModel {
  readonly id: string;
  readonly kind: 'detector';
  readonly name: string | null;
  readonly description: string | null;
  readonly datasetDeleted: boolean;
  /** 0 to 1 per artifact type: recommended by the training, changed by people since. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Sorted; unique in the tenant. */
  readonly aliases: readonly string[];
  readonly isActive: boolean;
  /** Optimistic lock and ETag; 1 when registered. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly archivedAt: Date | null;
  /** When the collector removed the files from storage. */
  readonly artefactsRemovedAt: Date | null;
}

/** What a client asked to change; what is absent stays. `thresholds` are merged, `aliases` replace. */
export interface ModelChange {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly isActive?: boolean;
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly aliases?: readonly string[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is an id and so can never be an alias. */
export function isModelId(text: string): boolean {
  return UUID.test(text);
}

/** A new, active model. Throws validation_failed when a file lies outside the tenant's part of storage. */
export function registerModel(
  trained: TrainedModel,
  { id, at, datasetDeleted }: { id: string; at: Date; datasetDeleted: boolean },
): Transition<Model> {
  refuseForeignObjects(trained);
  const { tenantId, trainingJobId, manifest, evalMetrics } = trained;
  const model: Model = {
    ...trained,
    id,
    kind: manifest.kind,
    name: null,
    description: null,
    datasetDeleted,
    thresholds: manifest.thresholds,
    aliases: [],
    isActive: true,
    version: 1,
    createdAt: at,
    updatedAt: at,
    archivedAt: null,
    artefactsRemovedAt: null,
  };
  const fact = { tenantId, modelId: id, trainingJobId, artifactTypes: manifest.artifactTypes, f1Score: evalMetrics.f1_score };
  return transition(model, [modelCreated.fact(fact)]);
}

function refuseForeignObjects({ tenantId, artifacts }: TrainedModel): void {
  const errors = Object.entries(artifacts)
    .filter(([, { key }]) => !key.startsWith(`${tenantId}/`))
    .map(([name]): FieldError => ({
      loc: ['artifacts', name, 'key'],
      msg: "is not one of the tenant's objects",
      type: 'foreign_object',
    }));
  if (errors.length > 0) throw new Problem('validation_failed', "A model's files must be its tenant's own.", { errors });
}

/**
 * The model with the change applied, or null when that changes nothing. Throws model_archived, or validation_failed for thresholds of
 * types that the model does not know and aliases that look like an id.
 */
export function changeModel(model: Model, change: ModelChange, at: Date): Transition<Model> | null {
  refuseArchived(model);
  const errors = [...unknownTypes(model, change), ...idLikeAliases(change)];
  const [first] = errors;
  if (first) throw new Problem('validation_failed', `${first.loc.join('.')} ${first.msg}.`, { errors });
  const changed: Model = {
    ...model,
    ...change,
    thresholds: { ...model.thresholds, ...change.thresholds },
    aliases: change.aliases === undefined ? model.aliases : sortedOnce(change.aliases),
  };
  return isDeepStrictEqual(changed, model) ? null : nextOf(changed, at);
}

/** The model without an alias that another model takes. */
export function giveUpAliases(model: Model, taken: readonly string[], at: Date): Transition<Model> {
  return nextOf({ ...model, aliases: model.aliases.filter((alias) => !taken.includes(alias)) }, at);
}

function nextOf(changed: Model, at: Date): Transition<Model> {
  const next: Model = { ...changed, version: changed.version + 1, updatedAt: at };
  return transition(next, [modelChanged.fact({ tenantId: next.tenantId, modelId: next.id, isActive: next.isActive })]);
}

/** The archived model: out of the lists and of inference, kept for audit. Throws model_not_found for one that already is. */
export function archiveModel(model: Model, at: Date): Transition<Model> {
  if (model.archivedAt !== null) throw new Problem('model_not_found', 'The model is archived already.');
  const next: Model = { ...model, version: model.version + 1, updatedAt: at, archivedAt: at };
  return transition(next, [modelArchived.fact({ tenantId: model.tenantId, modelId: model.id })]);
}

function refuseArchived(model: Model): void {
  if (model.archivedAt === null) return;
  throw new Problem('model_archived', `The model was archived on ${model.archivedAt.toISOString()} and cannot change any more.`);
}

function unknownTypes({ manifest }: Model, { thresholds = {} }: ModelChange): FieldError[] {
  return Object.keys(thresholds)
    .filter((type) => !manifest.artifactTypes.includes(type))
    .map((type) => ({
      loc: ['body', 'thresholds', type],
      msg: `is not an artifact type of this model, which knows ${manifest.artifactTypes.join(', ')}`,
      type: 'unknown_artifact_type',
    }));
}

function idLikeAliases({ aliases = [] }: ModelChange): FieldError[] {
  return aliases.flatMap((alias, index) =>
    isModelId(alias) ? [{ loc: ['body', 'aliases', index], msg: 'must not look like an id', type: 'alias_like_id' }] : [],
  );
}

function sortedOnce(aliases: readonly string[]): string[] {
  return [...new Set(aliases)].sort((a, b) => (a < b ? -1 : 1));
}
