import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import { findAnnotationSet, findAudioUse, findDataset } from '@earmark/contracts/catalog/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { namesOf } from '../domain/artifact-type.js';
import { FindAudioUse } from '../use-cases/follow-audio.js';
import { ReadAnnotationSet } from '../use-cases/read-annotation-set.js';
import { ReadDataset } from '../use-cases/read-dataset.js';

/** What other services ask catalog. */
@Controller()
export class CatalogRpcs {
  constructor(
    private readonly readDataset: ReadDataset,
    private readonly readSet: ReadAnnotationSet,
    private readonly audioUse: FindAudioUse,
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

  @HandlesRpc(findAudioUse)
  async findAudioUse(request: RpcRequest<typeof findAudioUse>): Promise<RpcAnswer<typeof findAudioUse>> {
    const { tenantId, datasetId, audioFileId } = request;
    return { publishedVersions: await this.audioUse.execute(tenantId, datasetId, audioFileId) };
  }
}
