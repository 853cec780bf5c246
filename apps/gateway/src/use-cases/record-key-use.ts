import type { Clock, Logger } from '@earmark/service-kit';
import type { ApiKeyStore } from '../ports.js';

/** Remembers when each key was last used and stores it now and then (decisions 17: once a minute). */
export class RecordKeyUse {
  #usedAt = new Map<string, Date>();

  constructor(private readonly ports: { keys: ApiKeyStore; clock: Clock; logger: Logger }) {}

  record(keyId: string): void {
    this.#usedAt.set(keyId, this.ports.clock.now());
  }

  async flush(): Promise<void> {
    const usedAt = this.#usedAt;
    if (usedAt.size === 0) return;
    this.#usedAt = new Map();
    try {
      await this.ports.keys.markUsed(usedAt);
    } catch (error) {
      this.ports.logger.warn({ error }, 'the last use of keys could not be stored yet');
      // What was recorded meanwhile is newer.
      this.#usedAt = new Map([...usedAt, ...this.#usedAt]);
    }
  }
}
