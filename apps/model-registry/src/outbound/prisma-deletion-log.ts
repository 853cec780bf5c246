import { sqlOf, type Sql } from '@earmark/service-kit';
import type { DeletionLog } from '../ports.js';
import type { RegistryUnitOfWork } from './client.js';

export class PrismaDeletionLog implements DeletionLog {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: RegistryUnitOfWork }) {
    this.#sql = sqlOf(ports.uow);
  }

  async lockTenant(tenantId: string): Promise<void> {
    await this.#sql.execute(
      `SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' tenant ' || $1::text, 0))`,
      tenantId,
    );
  }

  async recordDataset(tenantId: string, datasetId: string, at: Date): Promise<void> {
    const data = { tenantId, datasetId, deletedAt: at };
    await this.ports.uow.client().deletedDataset.createMany({ data, skipDuplicates: true });
  }

  async isDatasetDeleted(tenantId: string, datasetId: string): Promise<boolean> {
    return (await this.ports.uow.client().deletedDataset.count({ where: { tenantId, datasetId } })) > 0;
  }

  async recordTenant(tenantId: string, at: Date): Promise<void> {
    await this.ports.uow.client().deletedTenant.createMany({ data: { tenantId, deletedAt: at }, skipDuplicates: true });
  }

  async isTenantDeleted(tenantId: string): Promise<boolean> {
    return (await this.ports.uow.client().deletedTenant.count({ where: { tenantId } })) > 0;
  }
}
