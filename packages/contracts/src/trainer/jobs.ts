import { z } from 'zod';
import { defineJob } from '../kernel/define-job.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { trainingLanes, type TrainingLane } from '../vocabulary/statuses.js';
import { Uuid } from '../vocabulary/values.js';

const payload = z.object({ tenantId: Uuid, trainingJobId: Uuid });
const example = { tenantId: exampleIds.tenantId, trainingJobId: exampleIds.trainingJobId };

/** The long one: hours are fine, the worker keeps extending it. */
export const trainModel = defineJob<typeof payload, TrainingLane>({
  name: 'trainer.train-model',
  version: 1,
  summary: 'Learn a detector, evaluate it, export it to ONNX, check the export and register the model.',
  payload,
  example,
  delivery: { ackWaitMs: 30_000, retryDelaysMs: [1_000, 5_000, 30_000, 120_000, 300_000], maxInFlight: 1 },
  lanes: trainingLanes,
});

export const trainerJobs = [trainModel] as const;
