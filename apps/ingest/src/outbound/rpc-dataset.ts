import { findAudioUse, findDataset } from '@earmark/contracts/catalog/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { DatasetDirectory } from '../ports.js';

/** Asks catalog. */
export class RpcDatasetDirectory implements DatasetDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async require(tenantId: string, datasetId: string): Promise<void> {
    await this.rpc.ask(findDataset, { tenantId, datasetId });
  }

  async publishedUse(tenantId: string, datasetId: string, audioFileId: string): Promise<readonly number[]> {
    return (await this.rpc.ask(findAudioUse, { tenantId, datasetId, audioFileId })).publishedVersions;
  }
}
