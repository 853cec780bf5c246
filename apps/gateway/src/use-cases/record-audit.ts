import type { Logger } from '@earmark/service-kit';
import { isRefusal, type AuditEntry } from '../domain/audit-entry.js';
import { RefusalTally } from '../domain/refusal-tally.js';
import type { AuditStore } from '../ports.js';

const MAX_WAITING = 50_000;
const BATCH = 500;

/**
 * Keeps calls that wrote until they are stored, in batches; refused ones are counted rather than stored one by one. Never in the way of
 * a request: a full memory drops entries and logs how many.
 */
export class RecordAudit {
  #waiting: AuditEntry[] = [];
  #dropped = 0;
  readonly #refusals = new RefusalTally();
  readonly #ports: { readonly audit: Pick<AuditStore, 'append'>; readonly logger: Logger };

  constructor(ports: { audit: Pick<AuditStore, 'append'>; logger: Logger }) {
    this.#ports = ports;
  }

  record(entry: AuditEntry): void {
    const kept = isRefusal(entry) ? this.#refusals.add(entry) : entry;
    if (kept !== null) this.#keep(kept);
  }

  /** Queues the counts of refused calls, to be stored by the next flush; called once a minute. */
  collectRefusals(): void {
    for (const entry of this.#refusals.collect()) this.#keep(entry);
  }

  /** Stores what waits; what cannot be stored waits for the next time. */
  async flush(): Promise<void> {
    const { audit, logger } = this.#ports;
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

  #keep(entry: AuditEntry): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(entry);
    else this.#dropped += 1;
  }
}
