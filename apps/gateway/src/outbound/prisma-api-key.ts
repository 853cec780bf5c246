import { scopes, type Transition } from '@earmark/contracts';
import { sqlOf, type Outbox } from '@earmark/service-kit';
import type { ApiKey } from '../domain/api-key.js';
import type { ApiKeyStore, ListPage } from '../ports.js';
import type { GatewayUnitOfWork } from './client.js';
import type { ApiKey as ApiKeyRow } from './prisma-client/client.js';

export class PrismaApiKeyStore implements ApiKeyStore {
  constructor(private readonly ports: { uow: GatewayUnitOfWork; outbox: Outbox }) {}

  async add(key: ApiKey): Promise<void> {
    await this.#rows.create({ data: { ...key, scopes: [...key.scopes] } });
  }

  saveRevoked({ next, facts }: Transition<ApiKey>): Promise<boolean> {
    const { id, tenantId, revokedAt } = next;
    return this.ports.uow.transaction(async () => {
      const { count } = await this.#rows.updateMany({ where: { id, tenantId, revokedAt: null }, data: { revokedAt } });
      if (count === 1) await this.ports.outbox.append(facts);
      return count === 1;
    });
  }

  async findByHash(hash: string): Promise<ApiKey | null> {
    const row = await this.#rows.findUnique({ where: { hash } });
    return row && toApiKey(row);
  }

  async find(tenantId: string, id: string): Promise<ApiKey | null> {
    const row = await this.#rows.findFirst({ where: { id, tenantId, revokedAt: null } });
    return row && toApiKey(row);
  }

  async list(tenantId: string, { offset, limit, after }: ListPage): Promise<{ keys: ApiKey[]; total: number }> {
    const all = { tenantId, revokedAt: null };
    const older = after && { OR: [{ createdAt: { lt: after.createdAt } }, { createdAt: after.createdAt, id: { lt: after.id } }] };
    const rows = await this.#rows.findMany({
      where: { ...all, ...older },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: offset,
      take: limit,
    });
    return { keys: rows.map(toApiKey), total: await this.#rows.count({ where: all }) };
  }

  async markUsed(usedAt: ReadonlyMap<string, Date>): Promise<void> {
    const uses = [...usedAt].map(([id, at]) => ({ id, at }));
    await sqlOf(this.ports.uow).execute(
      `UPDATE api_key SET last_used_at = GREATEST(last_used_at, use.at)
       FROM jsonb_to_recordset($1::jsonb) AS use(id uuid, at timestamptz) WHERE api_key.id = use.id`,
      JSON.stringify(uses),
    );
  }

  get #rows() {
    return this.ports.uow.client().apiKey;
  }
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return { ...row, scopes: scopes.filter((scope) => row.scopes.includes(scope)) };
}
