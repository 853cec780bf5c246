import { findAnnotationSet } from '@earmark/contracts/catalog/rpcs';
import { findAudioFiles } from '@earmark/contracts/ingest/rpcs';
import { registerModel } from '@earmark/contracts/model-registry/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioFile } from '../domain/training-data.js';
import type { TrainingJob, TrainingOutcome } from '../domain/training-job.js';
import type { AnnotationSet, AnnotationSets, AudioDirectory, ModelRegistry, SetAddress } from '../ports.js';

/** Ids in one question, as the contract limits it. */
const BLOCK = 1000;

/** Asks catalog. */
export class RpcAnnotationSets implements AnnotationSets {
  constructor(private readonly rpc: RpcClient) {}

  async find({ tenantId, datasetId, annotationSetId }: SetAddress): Promise<AnnotationSet> {
    const set = await this.rpc.ask(findAnnotationSet, { tenantId, datasetId, annotationSetId });
    const { version, status, manifest, datasetArtifactTypes } = set;
    return { version, isPublished: status === 'published', manifest, datasetArtifactTypes };
  }
}

/** Asks ingest. */
export class RpcAudioDirectory implements AudioDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async find(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFile>> {
    const found = new Map<string, AudioFile>();
    for (let start = 0; start < audioFileIds.length; start += BLOCK) {
      const block = audioFileIds.slice(start, start + BLOCK);
      const { files } = await this.rpc.ask(findAudioFiles, { tenantId, datasetId, audioFileIds: block });
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
