import { apiKeyRevoked, organisationDeleted } from '@earmark/contracts/gateway/events';
import type { PeriodicTask } from '@earmark/service-kit';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Announcements } from '../ports.js';
import type { Authenticate } from '../use-cases/authenticate.js';
import type { RecordAudit } from '../use-cases/record-audit.js';
import type { RecordKeyUse } from '../use-cases/record-key-use.js';
import type { SpendBudget } from '../use-cases/spend-budget.js';

interface Parts {
  readonly announcements: Announcements;
  readonly authenticate: Authenticate;
  readonly recordAudit: RecordAudit;
  readonly recordKeyUse: RecordKeyUse;
  /** Of keys and of organisations. */
  readonly budgets: readonly SpendBudget[];
  /** Deletes what has been kept long enough, on one gateway at a time. */
  readonly retention: Pick<PeriodicTask, 'start' | 'stop'>;
}

const AUDIT_MS = 1_000;
const MINUTE_MS = 60_000;

/** What every gateway does by itself: stores what it collected, forgets keys that ended. */
export class Housekeeping implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #ends: (() => void)[] = [];

  constructor(private readonly parts: Parts) {}

  onApplicationBootstrap(): void {
    const { announcements, authenticate, recordAudit, recordKeyUse, budgets, retention } = this.parts;
    retention.start();
    this.#ends = [
      every(AUDIT_MS, () => void recordAudit.flush()),
      every(MINUTE_MS, () => {
        for (const budget of budgets) budget.dropOld();
        recordAudit.collectRefusals();
        void recordKeyUse.flush();
      }),
      announcements.listen(apiKeyRevoked.subject, (payload) => authenticate.forget(apiKeyRevoked.payload.parse(payload).keyId)),
      announcements.listen(organisationDeleted.subject, (payload) =>
        authenticate.forgetTenant(organisationDeleted.payload.parse(payload).tenantId),
      ),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const end of this.#ends) end();
    await this.parts.retention.stop();
    this.parts.recordAudit.collectRefusals();
    await Promise.all([this.parts.recordAudit.flush(), this.parts.recordKeyUse.flush()]);
  }
}

function every(periodMs: number, run: () => void): () => void {
  const timer = setInterval(run, periodMs).unref();
  return () => clearInterval(timer);
}
