import { Problem, type StoredObject } from '@earmark/contracts';
import type { ModelArtifact } from '@earmark/contracts/model-registry/routes';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import { downloadOf } from '../domain/download.js';
import { isModelId, type Model } from '../domain/model.js';
import type { ModelFilter, ModelOrder, ModelStore, ScoreKey } from '../ports.js';

/** The model, or the problem that there is none: absent and another tenant's are the same. */
export function requireModel(model: Model | null): Model {
  if (model) return model;
  throw new Problem('model_not_found', 'There is no such model.');
}

export class ReadModel {
  constructor(private readonly ports: { models: ModelStore }) {}

  async execute(tenantId: string, modelId: string): Promise<Model> {
    return requireModel(await this.ports.models.find(tenantId, modelId));
  }

  /** By id or alias. */
  async named(tenantId: string, idOrAlias: string): Promise<Model> {
    const { models } = this.ports;
    const name = idOrAlias.toLowerCase();
    return requireModel(isModelId(name) ? await models.find(tenantId, name) : await models.findByAlias(tenantId, idOrAlias));
  }

  async download(tenantId: string, modelId: string, artifact: ModelArtifact): Promise<StoredObject> {
    return downloadOf(await this.execute(tenantId, modelId), artifact);
  }
}

export class ListModels {
  constructor(private readonly ports: { models: ModelStore }) {}

  byCreation(
    tenantId: string,
    filter: ModelFilter,
    order: ModelOrder,
    request: PageRequest<CreationKey>,
  ): Promise<Page<Model, CreationKey>> {
    return this.ports.models.listByCreation(tenantId, filter, order, request);
  }

  byScore(
    tenantId: string,
    filter: ModelFilter,
    order: ModelOrder,
    request: PageRequest<ScoreKey>,
  ): Promise<Page<Model, ScoreKey>> {
    return this.ports.models.listByScore(tenantId, filter, order, request);
  }
}
