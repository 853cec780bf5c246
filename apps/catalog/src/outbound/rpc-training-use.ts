import { findTrainingUse } from '@earmark/contracts/trainer/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { TrainingDirectory } from '../ports.js';

/** Asks the trainer. */
export class RpcTrainingDirectory implements TrainingDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async jobsUsing(tenantId: string, annotationSetId: string): Promise<readonly string[]> {
    const { trainingJobIds } = await this.rpc.ask(findTrainingUse, { tenantId, annotationSetId });
    return trainingJobIds;
  }
}
