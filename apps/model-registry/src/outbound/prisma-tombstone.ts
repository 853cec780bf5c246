import { sqlOf, type Sql } from '@earmark/service-kit';
import type { Model } from '../domain/model.js';
import type { DoomedModel, TombstoneStore } from '../ports.js';
import type { RegistryUnitOfWork } from './client.js';

const COLUMNS = 'm.tenant_id AS "tenantId", m.id AS "modelId", m.training_job_id AS "trainingJobId", m.artifacts';

interface DoomedRow extends Omit<DoomedModel, 'artifactKeys'> {
  readonly artifacts: Model['artifacts'];
}

export class PrismaTombstoneStore implements TombstoneStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: RegistryUnitOfWork }) {
    this.#sql = sqlOf(ports.uow);
  }

  archivedModels(before: Date, limit: number): Promise<DoomedModel[]> {
    return this.#doomed(`m.archived_at < $1::timestamptz AND m.artefacts_removed_at IS NULL`, before, limit);
  }

  orphanedModels(before: Date, limit: number): Promise<DoomedModel[]> {
    const deleted = 'SELECT tenant_id FROM deleted_tenant WHERE deleted_at < $1::timestamptz';
    return this.#doomed(`m.tenant_id IN (${deleted})`, before, limit);
  }

  async recordArtefactsRemoved({ tenantId, modelId }: DoomedModel, at: Date): Promise<void> {
    const where = { tenantId, id: modelId };
    await this.ports.uow.client().model.updateMany({ where, data: { artefactsRemovedAt: at, version: { increment: 1 } } });
  }

  async erase({ tenantId, modelId }: DoomedModel): Promise<void> {
    await this.ports.uow.client().model.deleteMany({ where: { tenantId, id: modelId } });
  }

  async deletedTenants(before: Date): Promise<string[]> {
    const rows = await this.ports.uow
      .client()
      .deletedTenant.findMany({ where: { deletedAt: { lt: before } }, orderBy: { tenantId: 'asc' } });
    return rows.map((row) => row.tenantId);
  }

  async eraseTenantRecords(before: Date): Promise<void> {
    await this.#sql.execute(
      `DELETE FROM deleted_dataset WHERE tenant_id IN (SELECT tenant_id FROM deleted_tenant WHERE deleted_at < $1::timestamptz)`,
      before,
    );
  }

  async #doomed(condition: string, before: Date, limit: number): Promise<DoomedModel[]> {
    const text = `SELECT ${COLUMNS} FROM model m WHERE ${condition} ORDER BY m.id LIMIT $2::int`;
    const rows = await this.#sql.query<DoomedRow>(text, before, limit);
    return rows.map(({ artifacts, ...row }) => ({ ...row, artifactKeys: Object.values(artifacts).map(({ key }) => key) }));
  }
}
