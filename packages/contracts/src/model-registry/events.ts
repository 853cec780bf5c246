import { z } from 'zod';
import { defineEvent } from '../kernel/define-event.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

const { tenantId, modelId, trainingJobId } = exampleIds;
const ModelIdentity = z.object({ tenantId: Uuid, modelId: Uuid });
const identity = { tenantId, modelId };

export const modelCreated = defineEvent({
  name: 'model-registry.model-created',
  version: 1,
  summary: 'A successful training was registered as a model.',
  payload: ModelIdentity.extend({ trainingJobId: Uuid, artifactTypes: z.array(z.string()), f1Score: z.number() }),
  example: { ...identity, trainingJobId, artifactTypes: ['glitch'], f1Score: 0.87 },
});

export const modelChanged = defineEvent({
  name: 'model-registry.model-changed',
  version: 1,
  summary: 'A model got another name, description, activity, thresholds or aliases.',
  payload: ModelIdentity.extend({ isActive: z.boolean() }),
  example: { ...identity, isActive: true },
});

export const modelArchived = defineEvent({
  name: 'model-registry.model-archived',
  version: 1,
  summary: 'A model was archived.',
  payload: ModelIdentity,
  example: identity,
});

export const modelRegistryEvents = [modelCreated, modelChanged, modelArchived] as const;
