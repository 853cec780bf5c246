import type { Clock } from '@earmark/service-kit';
import type { DeletionLog, ModelStore, Transactions } from '../ports.js';

interface Ports {
  readonly models: ModelStore;
  readonly deletions: DeletionLog;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Models stay when their dataset goes, and show it; so do those that are registered later. */
export class FollowDatasetDeletion {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string): Promise<void> {
    const { models, deletions, transactions, clock } = this.ports;
    await transactions.transaction(async () => {
      await deletions.lockTenant(tenantId);
      await deletions.recordDataset(tenantId, datasetId, clock.now());
      await models.markDatasetDeleted(tenantId, datasetId);
    });
  }
}

/** From now on nothing of the organisation is found; the collector removes it after the grace period. */
export class FollowTenantDeletion {
  constructor(private readonly ports: Omit<Ports, 'models'>) {}

  async execute(tenantId: string): Promise<void> {
    const { deletions, transactions, clock } = this.ports;
    await transactions.transaction(async () => {
      await deletions.lockTenant(tenantId);
      await deletions.recordTenant(tenantId, clock.now());
    });
  }
}
