import { serviceEnv, storageEnv } from '@earmark/service-runtime';
import { z } from 'zod';

const count = z.coerce.number().int().min(1).max(1_000_000);
const perMinute = z.coerce.number().int().min(1).max(100_000_000);

/** The environment of the gateway. */
export const gatewayEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Requests an API key may make in a minute, over all gateways. */
  RATE_LIMIT_PER_MINUTE: perMinute.default(60_000),
  /** Requests all keys of an organisation together may make in a minute, over all gateways. */
  ORGANISATION_RATE_LIMIT_PER_MINUTE: perMinute.default(120_000),
  /** Requests of an organisation that one gateway works on simultaneously; further ones wait in the organisation's own line. */
  ORGANISATION_CONCURRENCY: count.default(32),
  /** Requests of an organisation that may wait on one gateway; further ones get 429. */
  ORGANISATION_WAITING: count.default(2_000),
  /** One-call uploads of an organisation that one gateway receives simultaneously. */
  ORGANISATION_UPLOADS: count.default(64),
  /** Event streams that one API key may keep open on one gateway. */
  STREAMS_PER_KEY: count.default(50),
  /** How long audit entries are kept, in days. */
  AUDIT_RETENTION_DAYS: count.default(400),
  /** Origins whose pages may call the API from a browser, comma separated; `*` for any. */
  CORS_ORIGINS: z.string().min(1).default('*'),
});

export type GatewayConfig = z.output<typeof gatewayEnv>;
