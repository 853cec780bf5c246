import { serviceEnv, storageEnv } from '@earmark/service-kit';
import { z } from 'zod';

/** The environment of the gateway. */
export const gatewayEnv = z.object({
  ...serviceEnv,
  ...storageEnv,
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Requests an API key may make in a minute, over all gateways. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).max(100_000_000).default(60_000),
  /** Origins whose pages may call the API from a browser, comma separated; `*` for any. */
  CORS_ORIGINS: z.string().min(1).default('*'),
});

export type GatewayConfig = z.output<typeof gatewayEnv>;
