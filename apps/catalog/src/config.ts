import { serviceEnv, storageEnv } from '@earmark/service-runtime';
import { z } from 'zod';

/** Every variable that catalog reads. Times are milliseconds. */
export const catalogEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  /** How long deleted datasets and sets are kept before their rows and manifests go. */
  DELETION_GRACE_MS: z.coerce.number().int().nonnegative().default(86_400_000),
  /** How often deleted things are looked for. */
  PURGE_EVERY_MS: z.coerce.number().int().positive().default(900_000),
  /** How often manifests that no set refers to are looked for (lists the manifests of every tenant). */
  ORPHANS_EVERY_MS: z.coerce.number().int().positive().default(21_600_000),
  /** How often pins and audio at ingest are compared with what refers to them. */
  RECONCILE_EVERY_MS: z.coerce.number().int().positive().default(86_400_000),
});
export type CatalogConfig = z.output<typeof catalogEnv>;
