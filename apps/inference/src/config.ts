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
  /** Finished jobs are erased at this age, with the audio uploaded for them and their scores; 0 keeps them. */
  INFERENCE_RETENTION_DAYS: z.coerce.number().int().min(0).max(36_500).default(0),
  /** How often purged jobs are looked for, in milliseconds. */
  INFERENCE_PURGE_EVERY_MS: z.coerce.number().int().positive().default(30_000),
});
export type InferenceConfig = z.output<typeof inferenceEnv>;
