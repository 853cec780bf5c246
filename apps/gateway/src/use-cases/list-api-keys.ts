import type { ApiKey } from '../domain/api-key.js';
import type { ApiKeyStore, ListPage } from '../ports.js';

/** The organisation's keys that are not revoked, newest first. */
export class ListApiKeys {
  constructor(private readonly ports: { keys: ApiKeyStore }) {}

  execute(tenantId: string, page: ListPage): Promise<{ keys: ApiKey[]; total: number }> {
    return this.ports.keys.list(tenantId, page);
  }
}
