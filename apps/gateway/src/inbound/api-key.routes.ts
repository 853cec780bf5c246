import type { RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/gateway/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import type { ApiKey } from '../domain/api-key.js';
import { CreateApiKey } from '../use-cases/create-api-key.js';
import { ListApiKeys } from '../use-cases/list-api-keys.js';
import { RevokeApiKey } from '../use-cases/revoke-api-key.js';
import { cursorOf, placeIn } from './key-cursor.js';

/** API keys over REST. */
@Controller()
export class ApiKeyRoutes {
  constructor(
    private readonly createApiKey: CreateApiKey,
    private readonly listApiKeys: ListApiKeys,
    private readonly revokeApiKey: RevokeApiKey,
  ) {}

  @HandlesRoute(routes.createApiKey, { secretFields: ['key'] })
  async create({ context, body }: RouteCall<typeof routes.createApiKey>): Promise<RouteReply<typeof routes.createApiKey>> {
    const expiresAt = typeof body.expires_at === 'string' ? new Date(body.expires_at) : null;
    const { tenantId } = context;
    const { key, text } = await this.createApiKey.execute({ tenantId, name: body.name, scopes: body.scopes, expiresAt });
    return { body: { ...view(key), key: text } };
  }

  @HandlesRoute(routes.listApiKeys)
  async list({ context, query }: RouteCall<typeof routes.listApiKeys>): Promise<RouteReply<typeof routes.listApiKeys>> {
    const { page, page_size, cursor } = query;
    const after = cursor === undefined ? null : placeIn(cursor);
    const offset = after === null ? (page - 1) * page_size : 0;
    // One more than asked tells whether there is a next page.
    const { keys, total } = await this.listApiKeys.execute(context.tenantId, { offset, limit: page_size + 1, after });
    const shown = keys.slice(0, page_size);
    const last = shown.at(-1);
    const next_cursor = keys.length > page_size && last !== undefined ? cursorOf(last) : null;
    return { body: { items: shown.map(view), total, page, page_size, next_cursor } };
  }

  @HandlesRoute(routes.revokeApiKey)
  async revoke({ context, params }: RouteCall<typeof routes.revokeApiKey>): Promise<RouteReply<typeof routes.revokeApiKey>> {
    await this.revokeApiKey.execute(context.tenantId, params.api_key_id);
    return { body: {} };
  }
}

function view(key: ApiKey) {
  return {
    id: key.id,
    name: key.name,
    key_prefix: key.prefix,
    scopes: [...key.scopes],
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
  };
}
