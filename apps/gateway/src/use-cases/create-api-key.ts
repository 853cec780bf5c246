import { Problem, type Scope } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
import { createdKey, keyRandomBytes, keyTextFrom, type ApiKey } from '../domain/api-key.js';
import type { ApiKeyStore, RandomBytes } from '../ports.js';

export interface ApiKeyWish {
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/** Makes a key for an organisation; the text is in this answer and nowhere else. */
export class CreateApiKey {
  constructor(private readonly ports: { keys: ApiKeyStore; clock: Clock; ids: IdSource; randomBytes: RandomBytes }) {}

  async execute(wish: ApiKeyWish): Promise<{ key: ApiKey; text: string }> {
    const { keys, clock, ids, randomBytes } = this.ports;
    const at = clock.now();
    if (wish.expiresAt !== null && wish.expiresAt.getTime() <= at.getTime()) throw alreadyExpired();
    const text = keyTextFrom(randomBytes(keyRandomBytes));
    const key = createdKey({ ...wish, id: ids.next(), scopes: [...new Set(wish.scopes)] }, text, at);
    await keys.add(key);
    return { key, text };
  }
}

function alreadyExpired(): Problem {
  return new Problem('validation_failed', 'The key would already have expired: expires_at lies in the past.', {
    errors: [{ loc: ['body', 'expires_at'], msg: 'must lie in the future', type: 'too_small' }],
  });
}
