import type { AuditEntry } from '../domain/audit-entry.js';
import type { AuditStore } from '../ports.js';
import type { GatewayUnitOfWork } from './client.js';

export class PrismaAuditStore implements AuditStore {
  constructor(private readonly uow: GatewayUnitOfWork) {}

  async append(entries: readonly AuditEntry[]): Promise<void> {
    // A batch whose answer was lost comes again with the same ids.
    await this.uow.client().auditEntry.createMany({ data: [...entries], skipDuplicates: true });
  }
}
