import { Problem } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
import { resolveConfig, type DetectionRequest } from '../domain/detection-config.js';
import { openJob, type InferenceJob } from '../domain/inference-job.js';
import type { JobStore, ModelDirectory, UsableModel } from '../ports.js';

interface Ports {
  readonly jobs: JobStore;
  readonly models: ModelDirectory;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Opens a job for a model (by id or alias) that is active. */
export class CreateInferenceJob {
  constructor(private readonly ports: Ports) {}

  async execute(request: { tenantId: string; model: string; detection: DetectionRequest }): Promise<InferenceJob> {
    const { jobs, models, clock, ids } = this.ports;
    const { tenantId, model, detection } = request;
    const found = requireUsable(await models.find(tenantId, model));
    const config = resolveConfig(detection, found);
    const { modelId, onnx } = found;
    const opened = openJob({ id: ids.next(), tenantId, modelId, sourceJobId: null, config, onnx }, clock.now());
    await jobs.save(opened);
    return opened.next;
  }
}

function requireUsable(model: UsableModel): UsableModel {
  if (model.isArchived) throw new Problem('model_archived', 'The model is archived and cannot be used for inference.');
  if (!model.isActive) throw new Problem('model_inactive', 'The model is inactive: activate it, or use another one.');
  return model;
}
