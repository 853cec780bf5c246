import { Problem, type Holder } from '@earmark/contracts';
import type { AnnotationSetStore, DatasetStore, SetAddress, SetPinStore, Transactions } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly setPins: SetPinStore;
  readonly transactions: Transactions;
}

/** Keeps a published set for a holder, so that it cannot be deleted by itself. */
export class PinAnnotationSet {
  constructor(private readonly ports: Ports) {}

  /** Problems: dataset_not_found, annotation_set_not_found, annotation_set_not_published. */
  async execute(address: SetAddress, holder: Holder): Promise<void> {
    const { datasets, sets, setPins, transactions } = this.ports;
    await transactions.transaction(async () => {
      requireDataset(await datasets.lock(address.tenantId, address.datasetId, 'share'));
      const set = requireSet(await sets.lock(address, 'share'));
      if (set.status !== 'published') throw new Problem('annotation_set_not_published', 'Annotation set must be published');
      await setPins.pin(address, holder);
    });
  }
}
