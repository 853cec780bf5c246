import { Problem, type ObjectRef } from '@earmark/contracts';
import { findModel } from '@earmark/contracts/model-registry/rpcs';
import { answer } from '@earmark/messaging';

interface StoredModel {
  readonly modelId: string;
  readonly tenantId: string;
  readonly onnx: ObjectRef;
  alias?: string;
  isActive: boolean;
  isArchived: boolean;
}

/** The registry with the models that a spec says it has; each recommends the threshold 0.5 for `glitch`. */
export class StandInRegistry {
  readonly models: StoredModel[] = [];

  constructor(connection: Parameters<typeof answer>[0]) {
    answer(connection, findModel, ({ tenantId, model }) => {
      const found = this.models.find((one) => one.tenantId === tenantId && (one.modelId === model || one.alias === model));
      if (!found) throw new Problem('model_not_found', 'There is no such model.');
      const { modelId, isActive, isArchived, onnx } = found;
      return { ...findModel.exampleResponse, modelId, isActive, isArchived, onnx, thresholds: { glitch: 0.5 } };
    });
  }
}
