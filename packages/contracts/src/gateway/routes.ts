import { z } from 'zod';
import { defineRoute } from '../kernel/define-route.js';
import { listOf, PageQuery } from '../vocabulary/paging.js';
import { scopes } from '../vocabulary/scopes.js';
import { Instant, text, Uuid } from '../vocabulary/values.js';

export const ApiKeyView = z.object({
  id: Uuid,
  name: z.string(),
  key_prefix: z.string(),
  scopes: z.array(z.enum(scopes)),
  created_at: Instant,
  expires_at: Instant.nullable(),
  last_used_at: Instant.nullable(),
});

/** `key` is shown here and never again (null when the answer is replayed for an idempotency key). */
export const CreatedApiKey = ApiKeyView.extend({ key: z.string().nullable() });

export const createApiKey = defineRoute({
  name: 'gateway.create-api-key',
  method: 'POST',
  path: '/auth/api-keys',
  summary: 'Creates an API key of the caller’s organisation; the key itself is shown once.',
  scope: 'admin',
  body: z.object({
    name: text(200),
    expires_at: Instant.nullish(),
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .default([...scopes]),
  }),
  status: 201,
  answer: CreatedApiKey,
  exampleBody: { name: 'CI', scopes: ['read', 'detect'] },
});

export const listApiKeys = defineRoute({
  name: 'gateway.list-api-keys',
  method: 'GET',
  path: '/auth/api-keys',
  summary: 'Lists the API keys of the organisation, newest first.',
  scope: 'admin',
  query: PageQuery,
  status: 200,
  answer: listOf(ApiKeyView),
});

export const revokeApiKey = defineRoute({
  name: 'gateway.revoke-api-key',
  method: 'DELETE',
  path: '/auth/api-keys/{api_key_id}',
  summary: 'Revokes an API key at once.',
  scope: 'admin',
  params: z.object({ api_key_id: Uuid }),
  status: 204,
  problems: ['api_key_not_found'],
});

/** Every REST route of the gateway, by its operation id. */
export const gatewayRoutes = { createApiKey, listApiKeys, revokeApiKey } as const;
