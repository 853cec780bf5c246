import { findModel } from '@earmark/contracts/model-registry/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { ModelDirectory, UsableModel } from '../ports.js';

/** Asks the registry. */
export class RpcModelDirectory implements ModelDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async find(tenantId: string, model: string): Promise<UsableModel> {
    const { modelId, isActive, isArchived, thresholds, manifest, onnx } = await this.rpc.ask(findModel, { tenantId, model });
    const { mergeWindowMs, minDurationMs } = manifest.postProcessing;
    return { modelId, isActive, isArchived, thresholds, mergeWindowMs, minDurationMs, onnx };
  }
}
