import { Problem } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
import { registerModel, type Model, type TrainedModel } from '../domain/model.js';
import type { DeletionLog, ModelStore, Transactions } from '../ports.js';

interface Ports {
  readonly models: ModelStore;
  readonly deletions: DeletionLog;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Registers the model of a training job once; asking again answers the same model. */
export class RegisterModel {
  constructor(private readonly ports: Ports) {}

  async execute(trained: TrainedModel): Promise<Model> {
    const { models, deletions, transactions } = this.ports;
    return transactions.transaction(async () => {
      // Twins wait here for each other, so that the second one finds the model of the first.
      await deletions.lockTenant(trained.tenantId);
      const known = await models.findByTrainingJob(trained.tenantId, trained.trainingJobId);
      return known ?? this.#register(trained);
    });
  }

  async #register(trained: TrainedModel): Promise<Model> {
    const { models, deletions, clock, ids } = this.ports;
    const { tenantId, datasetId } = trained;
    if (await deletions.isTenantDeleted(tenantId)) throw new Problem('conflict', 'The organisation was deleted.');
    const datasetDeleted = await deletions.isDatasetDeleted(tenantId, datasetId);
    const registered = registerModel(trained, { id: ids.next(), at: clock.now(), datasetDeleted });
    await models.save(registered);
    return registered.next;
  }
}
