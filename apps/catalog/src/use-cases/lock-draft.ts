import { requireDraft, type AnnotationSet } from '../domain/annotation-set.js';
import type { Dataset } from '../domain/dataset.js';
import type { AnnotationSetStore, DatasetStore, SetAddress } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
}

/** Refuses early, without holding anything: dataset_not_found, annotation_set_not_found, annotation_set_published. */
export async function requireDraftAt(ports: Ports, address: SetAddress): Promise<{ dataset: Dataset; draft: AnnotationSet }> {
  const dataset = requireDataset(await ports.datasets.find(address.tenantId, address.datasetId));
  const draft = requireSet(await ports.sets.find(address));
  requireDraft(draft);
  return { dataset, draft };
}

/**
 * Holds dataset and draft until the end of the transaction for a change of the draft's annotations: neither can be published,
 * deleted or lose artifact types meanwhile. Problems as {@link requireDraftAt}.
 */
export async function lockDraft(ports: Ports, address: SetAddress): Promise<Dataset> {
  const dataset = requireDataset(await ports.datasets.lock(address.tenantId, address.datasetId, 'share'));
  const held = await ports.sets.lockDraftForContent(address);
  if (!held) requireDraft(requireSet(await ports.sets.find(address)));
  return dataset;
}
