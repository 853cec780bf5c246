import { Problem } from '@earmark/contracts';
import { type Clock, requireMatch } from '@earmark/service-kit';
import { deleteSet } from '../domain/annotation-set.js';
import type { AnnotationSetStore, DatasetStore, SetAddress, TrainingDirectory, Transactions } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly training: TrainingDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Puts a tombstone on a set that no training job refers to. */
export class DeleteAnnotationSet {
  constructor(private readonly ports: Ports) {}

  async execute(address: SetAddress, ifMatch: string | null): Promise<void> {
    const { datasets, sets, transactions, clock } = this.ports;
    requireDataset(await datasets.find(address.tenantId, address.datasetId));
    await transactions.transaction(async () => {
      const set = requireSet(await sets.lock(address, 'update'));
      requireMatch(ifMatch, set.rowVersion);
      // A draft was never trained on, and cannot be while we hold it.
      if (set.status === 'published') await this.#refuseWhenTrainedOn(address);
      await sets.save(deleteSet(set, clock.now()));
    });
  }

  async #refuseWhenTrainedOn({ tenantId, annotationSetId }: SetAddress): Promise<void> {
    const jobs = await this.ports.training.jobsUsing(tenantId, annotationSetId);
    if (jobs.length === 0) return;
    const named = jobs.slice(0, 10).join(', ') + (jobs.length > 10 ? ` and ${jobs.length - 10} more` : '');
    throw new Problem('annotation_set_in_use', `Training jobs refer to this annotation set: ${named}.`);
  }
}
