import { z } from 'zod';
import { defineEvent } from '../kernel/define-event.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

const { tenantId, trainingJobId, datasetId, annotationSetId, modelId } = exampleIds;
const JobIdentity = z.object({ tenantId: Uuid, trainingJobId: Uuid, datasetId: Uuid, annotationSetId: Uuid });
const identity = { tenantId, trainingJobId, datasetId, annotationSetId };

export const trainingJobCreated = defineEvent({
  name: 'trainer.training-job-created',
  version: 1,
  summary: 'A training job was accepted.',
  payload: JobIdentity.extend({ artifactTypes: z.array(z.string()) }),
  example: { ...identity, artifactTypes: ['glitch'] },
});

export const trainingJobStarted = defineEvent({
  name: 'trainer.training-job-started',
  version: 1,
  summary: 'A worker began to train (or took over after a crash).',
  payload: JobIdentity.extend({ attempt: z.number().int(), device: z.string() }),
  example: { ...identity, attempt: 1, device: 'cpu' },
});

export const trainingJobCompleted = defineEvent({
  name: 'trainer.training-job-completed',
  version: 1,
  summary: 'A training finished and its model is registered.',
  payload: JobIdentity.extend({ modelId: Uuid, f1Score: z.number() }),
  example: { ...identity, modelId, f1Score: 0.87 },
});

export const trainingJobFailed = defineEvent({
  name: 'trainer.training-job-failed',
  version: 1,
  summary: 'A training failed for good.',
  payload: JobIdentity.extend({ errorCode: z.string(), errorMessage: z.string() }),
  example: { ...identity, errorCode: 'not_enough_audio', errorMessage: 'Not enough audio data' },
  heardBy: ['catalog'],
});

export const trainingJobCancelled = defineEvent({
  name: 'trainer.training-job-cancelled',
  version: 1,
  summary: 'A training job was cancelled.',
  payload: JobIdentity,
  example: identity,
  heardBy: ['catalog'],
});

export const trainerEvents = [
  trainingJobCreated,
  trainingJobStarted,
  trainingJobCompleted,
  trainingJobFailed,
  trainingJobCancelled,
] as const;
