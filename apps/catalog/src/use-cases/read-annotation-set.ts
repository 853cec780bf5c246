import type { CreationKey, Page, PageRequest, VersionKey } from '@earmark/service-kit';
import type { Annotation } from '../domain/annotation.js';
import { namesOf } from '../domain/artifact-type.js';
import type { AnnotationFilter, AnnotationSetStore, AnnotationStore, DatasetStore, SetAddress } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';
import { summariseSets, type SetSummary } from './set-summary.js';

/** Annotations that the detail of a set carries, read in blocks; the rest follow by cursor. */
const DETAIL_LIMIT = 10_000;
const DETAIL_BLOCK = 2_500;
/** No more blocks are read once they hold this much extra_data: the answer could not carry it. */
const DETAIL_EXTRA_BYTES = 6 * 1024 * 1024;

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly annotations: AnnotationStore;
}

export class ListAnnotationSets {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, datasetId: string, request: PageRequest<VersionKey>): Promise<Page<SetSummary, VersionKey>> {
    const { datasets, sets } = this.ports;
    requireDataset(await datasets.find(tenantId, datasetId));
    const page = await sets.list(tenantId, datasetId, request);
    return { ...page, items: await summariseSets(sets, tenantId, page.items) };
  }
}

export class ReadAnnotationSet {
  constructor(private readonly ports: Ports) {}

  /** The set with its first 10,000 annotations, fewer when they are very large. */
  async execute(address: SetAddress): Promise<SetSummary & { annotations: Page<Annotation, CreationKey> }> {
    const { summary } = await this.find(address);
    return { ...summary, annotations: await this.#firstOnes(address) };
  }

  async #firstOnes(address: SetAddress): Promise<Page<Annotation, CreationKey>> {
    const items: Annotation[] = [];
    let extraBytes = 0;
    for (let after: CreationKey | null = null; ;) {
      const block = await this.ports.annotations.list(address, {}, { page: 1, pageSize: DETAIL_BLOCK, after });
      items.push(...block.items);
      extraBytes += extraBytesOf(block.items);
      after = block.next;
      if (after === null || items.length >= DETAIL_LIMIT || extraBytes >= DETAIL_EXTRA_BYTES) return { ...block, items };
    }
  }

  /** The set without annotations, and the artifact types of its dataset. */
  async find(address: SetAddress): Promise<{ summary: SetSummary; typeNames: string[] }> {
    const { datasets, sets } = this.ports;
    const dataset = requireDataset(await datasets.find(address.tenantId, address.datasetId));
    const set = requireSet(await sets.find(address));
    const [summary] = await summariseSets(sets, address.tenantId, [set]);
    return { summary: summary as SetSummary, typeNames: namesOf(dataset.artifactTypes) };
  }
}

export class ListAnnotations {
  constructor(private readonly ports: Ports) {}

  async execute(
    address: SetAddress,
    filter: AnnotationFilter,
    request: PageRequest<CreationKey>,
  ): Promise<Page<Annotation, CreationKey>> {
    const { datasets, sets, annotations } = this.ports;
    requireDataset(await datasets.find(address.tenantId, address.datasetId));
    requireSet(await sets.find(address));
    return annotations.list(address, filter, request);
  }
}

function extraBytesOf(annotations: readonly Annotation[]): number {
  return annotations.reduce((sum, { extraData }) => sum + (extraData === null ? 0 : JSON.stringify(extraData).length), 0);
}
