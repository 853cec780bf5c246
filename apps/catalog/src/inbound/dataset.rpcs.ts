import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import {
  findAnnotationSet,
  findDataset,
  listSetHolders,
  pinAnnotationSet,
  unpinAnnotationSets,
} from '@earmark/contracts/catalog/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { namesOf } from '../domain/artifact-type.js';
import { PinAnnotationSet } from '../use-cases/pin-annotation-set.js';
import { ReadAnnotationSet } from '../use-cases/read-annotation-set.js';
import { ReadDataset } from '../use-cases/read-dataset.js';
import { UnpinAnnotationSets } from '../use-cases/unpin-annotation-sets.js';

/** What other services ask catalog. */
@Controller()
export class CatalogRpcs {
  constructor(
    private readonly readDataset: ReadDataset,
    private readonly readSet: ReadAnnotationSet,
    private readonly pinSet: PinAnnotationSet,
    private readonly unpinSets: UnpinAnnotationSets,
  ) {}

  @HandlesRpc(findDataset)
  async findDataset({ tenantId, datasetId }: RpcRequest<typeof findDataset>): Promise<RpcAnswer<typeof findDataset>> {
    const dataset = await this.readDataset.find(tenantId, datasetId);
    return { datasetId, name: dataset.name, artifactTypes: namesOf(dataset.artifactTypes) };
  }

  @HandlesRpc(findAnnotationSet)
  async findAnnotationSet(request: RpcRequest<typeof findAnnotationSet>): Promise<RpcAnswer<typeof findAnnotationSet>> {
    const { summary, typeNames } = await this.readSet.find(request);
    const { set, totals } = summary;
    return {
      annotationSetId: set.id,
      version: set.version,
      status: set.status,
      manifest: set.manifest,
      annotationsByType: { ...totals.annotationsByType },
      datasetArtifactTypes: typeNames,
    };
  }

  @HandlesRpc(pinAnnotationSet)
  async pin({ holder, ...address }: RpcRequest<typeof pinAnnotationSet>): Promise<RpcAnswer<typeof pinAnnotationSet>> {
    await this.pinSet.execute(address, holder);
    return {};
  }

  @HandlesRpc(unpinAnnotationSets)
  async unpin({ tenantId, holder }: RpcRequest<typeof unpinAnnotationSets>): Promise<RpcAnswer<typeof unpinAnnotationSets>> {
    return { released: await this.unpinSets.execute(tenantId, holder) };
  }

  @HandlesRpc(listSetHolders)
  async holders(request: RpcRequest<typeof listSetHolders>): Promise<RpcAnswer<typeof listSetHolders>> {
    const { pinnedBefore, ...page } = request;
    return { holders: await this.unpinSets.holders({ ...page, before: new Date(pinnedBefore) }) };
  }
}
