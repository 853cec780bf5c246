import { serviceEnv, storageEnv } from '@earmark/service-runtime';
import { z } from 'zod';

/** Every variable that inference reads. */
export const inferenceEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  /** Threads that run models, each on one core. */
  INFERENCE_WORKERS: z.coerce.number().int().min(1).max(256).optional(),
  /** How long a worker owns a file without a sign of life, in milliseconds. */
  INFERENCE_LEASE_MS: z.coerce.number().int().positive().default(15_000),
});
export type InferenceConfig = z.output<typeof inferenceEnv>;
