import { z } from 'zod';
import { defineEvent } from '../kernel/define-event.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

const { tenantId, inferenceJobId, inferenceFileId, modelId } = exampleIds;
const JobIdentity = z.object({ tenantId: Uuid, inferenceJobId: Uuid, modelId: Uuid });
const FileIdentity = JobIdentity.extend({ fileId: Uuid });
const identity = { tenantId, inferenceJobId, modelId };

export const inferenceJobCreated = defineEvent({
  name: 'inference.inference-job-created',
  version: 1,
  summary: 'An inference job was created.',
  payload: JobIdentity,
  example: identity,
});

export const inferenceFileCompleted = defineEvent({
  name: 'inference.inference-file-completed',
  version: 1,
  summary: 'Detection on a file finished.',
  payload: FileIdentity.extend({ durationMs: z.number().int(), detectionCount: z.number().int() }),
  example: { ...identity, fileId: inferenceFileId, durationMs: 15_000, detectionCount: 3 },
});

export const inferenceFileFailed = defineEvent({
  name: 'inference.inference-file-failed',
  version: 1,
  summary: 'Detection on a file failed.',
  payload: FileIdentity.extend({ errorCode: z.string(), errorMessage: z.string() }),
  example: { ...identity, fileId: inferenceFileId, errorCode: 'undecodable', errorMessage: 'The file is not audio.' },
});

export const inferenceJobFinished = defineEvent({
  name: 'inference.inference-job-finished',
  version: 1,
  summary: 'Every confirmed file of a job is done, or the job was cancelled.',
  payload: JobIdentity.extend({ status: z.enum(['completed', 'failed', 'cancelled']), totalDetections: z.number().int() }),
  example: { ...identity, status: 'completed', totalDetections: 3 },
  heardBy: ['ingest'],
});

export const inferenceEvents = [inferenceJobCreated, inferenceFileCompleted, inferenceFileFailed, inferenceJobFinished] as const;
