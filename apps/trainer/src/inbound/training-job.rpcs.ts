import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import { findTrainingUse } from '@earmark/contracts/trainer/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { FindTrainingUse } from '../use-cases/read-training-job.js';

/** What other services ask the trainer. */
@Controller()
export class TrainerRpcs {
  constructor(private readonly trainingUse: FindTrainingUse) {}

  @HandlesRpc(findTrainingUse)
  async findTrainingUse({
    tenantId,
    annotationSetId,
  }: RpcRequest<typeof findTrainingUse>): Promise<RpcAnswer<typeof findTrainingUse>> {
    return { trainingJobIds: await this.trainingUse.execute(tenantId, annotationSetId) };
  }
}
