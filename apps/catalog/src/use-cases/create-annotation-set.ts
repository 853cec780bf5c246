import type { Clock, IdSource } from '@earmark/service-kit';
import { createDraft, type AnnotationSet } from '../domain/annotation-set.js';
import { namesOf } from '../domain/artifact-type.js';
import type { AnnotationSetStore, AnnotationStore, DatasetStore, Transactions } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';
import { summariseSets, type SetSummary } from './set-summary.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly annotations: AnnotationStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Creates the dataset's next draft, empty or as a copy of another set with its reviewed marks. */
export class CreateAnnotationSet {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string, copyFrom: string | null): Promise<SetSummary> {
    const { datasets, sets, transactions, clock, ids } = this.ports;
    const created = await transactions.transaction(async () => {
      const version = await datasets.takeSetVersion(tenantId, datasetId);
      const dataset = requireDataset(version === null ? null : await datasets.find(tenantId, datasetId));
      const draft = createDraft({ tenantId, datasetId, version: version ?? 0 }, { id: ids.next(), at: clock.now() });
      await sets.save(draft);
      if (copyFrom !== null) await this.#copy(copyFrom, draft.next, namesOf(dataset.artifactTypes));
      return draft.next;
    });
    const [summary] = await summariseSets(sets, tenantId, [created]);
    return summary as SetSummary;
  }

  async #copy(annotationSetId: string, to: AnnotationSet, typeNames: readonly string[]): Promise<void> {
    const { tenantId, datasetId } = to;
    const from = requireSet(await this.ports.sets.lock({ tenantId, datasetId, annotationSetId }, 'share'));
    await this.ports.annotations.copyAll(from, to, typeNames);
  }
}
