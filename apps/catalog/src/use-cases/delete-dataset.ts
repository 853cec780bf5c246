import { type Clock, requireMatch } from '@earmark/service-kit';
import { deleteDataset } from '../domain/dataset.js';
import type { DatasetStore, Transactions } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

/** Datasets tombstoned per transaction when an organisation goes. */
const BLOCK = 100;

interface Ports {
  readonly datasets: DatasetStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Puts a tombstone on a dataset; rows and objects go after the grace period. */
export class DeleteDataset {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string, ifMatch: string | null): Promise<void> {
    const { datasets, transactions, clock } = this.ports;
    await transactions.transaction(async () => {
      const dataset = requireDataset(await datasets.lock(tenantId, datasetId, 'update'));
      requireMatch(ifMatch, dataset.version);
      await datasets.save(deleteDataset(dataset, clock.now()));
    });
  }
}

/** Puts a tombstone on everything of a deleted organisation. */
export class ForgetTenant {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string): Promise<void> {
    const { datasets, transactions, clock } = this.ports;
    let found: number;
    do {
      found = await transactions.transaction(async () => {
        const some = await datasets.lockSome(tenantId, BLOCK);
        for (const dataset of some) await datasets.save(deleteDataset(dataset, clock.now()));
        return some.length;
      });
    } while (found === BLOCK);
  }
}
