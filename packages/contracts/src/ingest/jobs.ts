import { z } from 'zod';
import { defineJob } from '../kernel/define-job.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

const { tenantId, audioFileId, datasetId } = exampleIds;

export const processAudio = defineJob({
  name: 'ingest.process-audio',
  version: 1,
  summary: 'Verify and decode an uploaded file in a sandbox, normalise it, compute peaks and features.',
  payload: z.object({ tenantId: Uuid, audioFileId: Uuid }),
  example: { tenantId, audioFileId },
  delivery: { ackWaitMs: 30_000, retryDelaysMs: [1_000, 5_000, 15_000, 60_000, 120_000], maxInFlight: 2 },
});

export const deleteReleased = defineJob({
  name: 'ingest.delete-released',
  version: 1,
  summary: 'Delete the files of a released reference (kind `tenant`: of everything the tenant has), block by block.',
  payload: z.object({ tenantId: Uuid, kind: z.string(), id: Uuid }),
  example: { tenantId, kind: 'dataset', id: datasetId },
  delivery: { ackWaitMs: 30_000, retryDelaysMs: [1_000, 5_000, 15_000, 60_000, 120_000], maxInFlight: 2 },
});

export const ingestJobs = [processAudio, deleteReleased] as const;
