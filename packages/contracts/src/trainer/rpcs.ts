import { z } from 'zod';
import { defineRpc } from '../kernel/define-rpc.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { Uuid } from '../vocabulary/values.js';

const { tenantId, annotationSetId, trainingJobId } = exampleIds;

export const findTrainingUse = defineRpc({
  name: 'trainer.find-training-use',
  version: 1,
  summary: 'Training jobs that refer to an annotation set (then it cannot be deleted).',
  request: z.object({ tenantId: Uuid, annotationSetId: Uuid }),
  response: z.object({ trainingJobIds: z.array(Uuid) }),
  exampleRequest: { tenantId, annotationSetId },
  exampleResponse: { trainingJobIds: [trainingJobId] },
  timeoutMs: 5_000,
});

export const trainerRpcs = [findTrainingUse] as const;
