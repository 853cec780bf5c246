import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import { findModel, registerModel } from '@earmark/contracts/model-registry/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { ReadModel } from '../use-cases/read-model.js';
import { RegisterModel } from '../use-cases/register-model.js';

/** What other services ask the registry. */
@Controller()
export class ModelRegistryRpcs {
  constructor(
    private readonly registerModel: RegisterModel,
    private readonly readModel: ReadModel,
  ) {}

  @HandlesRpc(registerModel)
  async register(request: RpcRequest<typeof registerModel>): Promise<RpcAnswer<typeof registerModel>> {
    const { id } = await this.registerModel.execute(request);
    return { modelId: id };
  }

  @HandlesRpc(findModel)
  async find({ tenantId, model: idOrAlias }: RpcRequest<typeof findModel>): Promise<RpcAnswer<typeof findModel>> {
    const model = await this.readModel.named(tenantId, idOrAlias);
    return {
      modelId: model.id,
      isActive: model.isActive,
      isArchived: model.archivedAt !== null,
      artifactTypes: model.manifest.artifactTypes,
      thresholds: { ...model.thresholds },
      manifest: model.manifest,
      onnx: model.artifacts.onnx,
    };
  }
}
