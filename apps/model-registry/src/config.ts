import { serviceEnv, storageEnv } from '@earmark/service-runtime';
import { z } from 'zod';

/** Every variable that the registry reads. Times are milliseconds. */
export const modelRegistryEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  /** How long files of archived models, and everything of deleted organisations, are kept. */
  DELETION_GRACE_MS: z.coerce.number().int().nonnegative().default(86_400_000),
  /** How often the collector looks for them. */
  PURGE_EVERY_MS: z.coerce.number().int().positive().default(900_000),
});
export type ModelRegistryConfig = z.output<typeof modelRegistryEnv>;
