import { Problem } from '@earmark/contracts';
import { type Clock, requireMatch } from '@earmark/service-kit';
import { deleteSet } from '../domain/annotation-set.js';
import type { AnnotationSetStore, DatasetStore, SetAddress, SetPinStore, Transactions } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly setPins: SetPinStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Holders that a refusal names. */
const NAMED = 10;

/** Puts a tombstone on a set that nobody has pinned. */
export class DeleteAnnotationSet {
  constructor(private readonly ports: Ports) {}

  /** Problems: dataset_not_found, annotation_set_not_found, annotation_set_in_use (names the holders), precondition_failed. */
  async execute(address: SetAddress, ifMatch: string | null): Promise<void> {
    const { datasets, sets, transactions, clock } = this.ports;
    requireDataset(await datasets.find(address.tenantId, address.datasetId));
    await transactions.transaction(async () => {
      const set = requireSet(await sets.lock(address, 'update'));
      requireMatch(ifMatch, set.rowVersion);
      await this.#refuseWhenPinned(address);
      await sets.save(deleteSet(set, clock.now()));
    });
  }

  async #refuseWhenPinned(address: SetAddress): Promise<void> {
    const holders = await this.ports.setPins.holdersOf(address, NAMED + 1);
    if (holders.length === 0) return;
    const named = holders.slice(0, NAMED).map(({ kind, id }) => `${kind} ${id}`);
    const more = holders.length > NAMED ? ' and others' : '';
    throw new Problem(
      'annotation_set_in_use',
      `The annotation set cannot be deleted because it is in use by ${named.join(', ')}${more}.`,
    );
  }
}
