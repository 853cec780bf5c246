import type { Logger } from '@earmark/service-kit';
import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditStore } from '../ports.js';

const MAX_WAITING = 50_000;
const BATCH = 500;

/** Keeps calls that wrote until they are stored, in batches. Never in the way of a request: a full memory drops and says so. */
export class RecordAudit {
  #waiting: AuditEntry[] = [];
  #dropped = 0;

  constructor(private readonly ports: { audit: AuditStore; logger: Logger }) {}

  record(entry: AuditEntry): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(entry);
    else this.#dropped += 1;
  }

  /** Stores what waits; what cannot be stored waits for the next time. */
  async flush(): Promise<void> {
    const { audit, logger } = this.ports;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH);
      try {
        await audit.append(batch);
      } catch (error) {
        this.#waiting.unshift(...batch);
        return logger.warn({ error, waiting: this.#waiting.length }, 'audit entries could not be stored yet');
      }
    }
    if (this.#dropped > 0)
      logger.error({ dropped: this.#dropped }, 'audit entries were lost because the database was away too long');
    this.#dropped = 0;
  }
}
