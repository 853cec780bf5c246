import type { CreationKey, Page, PageRequest, VersionKey } from '@earmark/service-kit';
import type { Annotation } from '../domain/annotation.js';
import { namesOf } from '../domain/artifact-type.js';
import type { AnnotationFilter, AnnotationSetStore, AnnotationStore, DatasetStore, SetAddress } from '../ports.js';
import { requireDataset, requireSet } from './find-or-refuse.js';
import { summariseSets, type SetSummary } from './set-summary.js';

/** Annotations that the detail of a set carries; the rest follow by cursor. */
const DETAIL_LIMIT = 10_000;

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

  /** The set with its first 10,000 annotations. */
  async execute(address: SetAddress): Promise<SetSummary & { annotations: Page<Annotation, CreationKey> }> {
    const { summary } = await this.find(address);
    const request = { page: 1, pageSize: DETAIL_LIMIT, after: null };
    return { ...summary, annotations: await this.ports.annotations.list(address, {}, request) };
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
