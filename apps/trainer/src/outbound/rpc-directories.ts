import { holderKinds, referenceKinds, type Holder, type TenantHolder } from '@earmark/contracts';
import { findAnnotationSet, listSetHolders, pinAnnotationSet, unpinAnnotationSets } from '@earmark/contracts/catalog/rpcs';
import { findAudioFiles } from '@earmark/contracts/ingest/rpcs';
import { registerModel } from '@earmark/contracts/model-registry/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioFile } from '../domain/training-data.js';
import type { TrainingJob, TrainingOutcome } from '../domain/training-job.js';
import type { AnnotationSet, AnnotationSets, AudioDirectory, ModelRegistry, SetAddress } from '../ports.js';

/** Ids in one question, as the contract limits it. */
const BATCH_SIZE = 1000;

/** Asks catalog. */
export class RpcAnnotationSets implements AnnotationSets {
  constructor(private readonly rpc: RpcClient) {}

  async find({ tenantId, datasetId, annotationSetId }: SetAddress): Promise<AnnotationSet> {
    const set = await this.rpc.ask(findAnnotationSet, { tenantId, datasetId, annotationSetId });
    const { version, status, manifest, datasetArtifactTypes } = set;
    return { version, isPublished: status === 'published', manifest, datasetArtifactTypes };
  }

  async pin({ tenantId, datasetId, annotationSetId }: SetAddress, holder: Holder): Promise<void> {
    await this.rpc.ask(pinAnnotationSet, { tenantId, datasetId, annotationSetId, holder });
  }

  async unpin(tenantId: string, holder: Holder): Promise<void> {
    await this.rpc.ask(unpinAnnotationSets, { tenantId, holder });
  }

  async *holders(before: Date): AsyncIterable<readonly TenantHolder[]> {
    const shared = { kind: holderKinds.trainingJob, pinnedBefore: before.toISOString(), limit: BATCH_SIZE };
    for (let afterId: string | null = null; ;) {
      const { holders }: { holders: TenantHolder[] } = await this.rpc.ask(listSetHolders, { ...shared, afterId });
      yield holders;
      afterId = holders.at(-1)?.id ?? null;
      if (holders.length < BATCH_SIZE) return;
    }
  }
}

/** Asks ingest. */
export class RpcAudioDirectory implements AudioDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async find(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFile>> {
    const found = new Map<string, AudioFile>();
    const reference = { kind: referenceKinds.dataset, id: datasetId };
    for (let start = 0; start < audioFileIds.length; start += BATCH_SIZE) {
      const batch = audioFileIds.slice(start, start + BATCH_SIZE);
      const { files } = await this.rpc.ask(findAudioFiles, { tenantId, reference, audioFileIds: batch });
      for (const { audioFileId, status, sha256, durationMs } of files)
        found.set(audioFileId, { audioFileId, status, sha256, durationMs });
    }
    return found;
  }
}

/** Asks the model registry. */
export class RpcModelRegistry implements ModelRegistry {
  constructor(private readonly rpc: RpcClient) {}

  async register(job: TrainingJob, { manifest, metrics, artifacts, lineage }: TrainingOutcome): Promise<string> {
    const { tenantId, id: trainingJobId, datasetId, annotationSetId, annotationSetVersion } = job;
    const { modelId } = await this.rpc.ask(registerModel, {
      ...{ tenantId, trainingJobId, datasetId, annotationSetId, annotationSetVersion },
      ...{ manifest, evalMetrics: metrics, artifacts, lineage: { ...lineage } },
    });
    return modelId;
  }
}
