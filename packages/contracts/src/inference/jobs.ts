import { z } from 'zod';
import { defineJob } from '../kernel/define-job.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

export const detectFile = defineJob({
  name: 'inference.detect-file',
  version: 1,
  summary: 'Run a model over a ready file, store the scores and the detections.',
  payload: z.object({ tenantId: Uuid, inferenceFileId: Uuid }),
  example: { tenantId: exampleIds.tenantId, inferenceFileId: exampleIds.inferenceFileId },
  delivery: { ackWaitMs: 30_000, retryDelaysMs: [1_000, 5_000, 15_000, 60_000, 120_000], maxInFlight: 2 },
});

export const inferenceJobs = [detectFile] as const;
