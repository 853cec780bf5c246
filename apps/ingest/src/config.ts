import { serviceEnv, storageEnv } from '@earmark/service-runtime';
import { z } from 'zod';

const wholeNumber = z.coerce.number().int().positive();

/** Every variable that ingest reads. Times are milliseconds. */
export const ingestEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  /** Longest audio taken, in milliseconds of audio. */
  MAX_AUDIO_MS: wholeNumber.default(4 * 3_600_000),
  /** Memory of one decoder process, in bytes. */
  DECODER_MEMORY_BYTES: wholeNumber.default(640 * 1024 ** 2),
  /** How long a worker owns a file without a sign of life. */
  INGEST_LEASE_MS: wholeNumber.default(15_000),
  /** How long deleted audio keeps its rows and objects. */
  DELETION_GRACE_MS: z.coerce.number().int().nonnegative().default(86_400_000),
  /** How often deleted audio and abandoned uploads are looked for. */
  COLLECT_EVERY_MS: wholeNumber.default(600_000),
  /** How often everything stored is compared with what refers to it. */
  RECONCILE_EVERY_MS: wholeNumber.default(86_400_000),
});
export type IngestConfig = z.output<typeof ingestEnv>;
