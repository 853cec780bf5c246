import { serviceEnv, storageEnv } from '@earmark/service-kit';
import { z } from 'zod';

/** Every variable that inference reads. */
export const inferenceEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  /** Threads that run models, each on one core. */
  INFERENCE_WORKERS: z.coerce.number().int().min(1).max(256).optional(),
});
export type InferenceConfig = z.output<typeof inferenceEnv>;
