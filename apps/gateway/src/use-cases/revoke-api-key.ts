import { Problem } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { revokedKey } from '../domain/api-key.js';
import type { ApiKeyStore } from '../ports.js';

/** Ends a key; problem `api_key_not_found` for another organisation's, an unknown and a revoked one. */
export class RevokeApiKey {
  constructor(private readonly ports: { keys: ApiKeyStore; clock: Clock }) {}

  async execute(tenantId: string, keyId: string): Promise<void> {
    const { keys, clock } = this.ports;
    const key = await keys.find(tenantId, keyId);
    if (key === null || !(await keys.saveRevoked(revokedKey(key, clock.now()))))
      throw new Problem('api_key_not_found', 'The organisation has no API key with this id.');
  }
}
