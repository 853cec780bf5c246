import { requireMatch, type Clock } from '@earmark/service-kit';
import { archiveModel, changeModel, giveUpAliases, type Model, type ModelChange } from '../domain/model.js';
import type { DeletionLog, ModelStore, Transactions } from '../ports.js';
import { requireModel } from './read-model.js';

interface Ports {
  readonly models: ModelStore;
  readonly deletions: DeletionLog;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Which model, and the version the client has seen. */
export interface ModelAddress {
  readonly tenantId: string;
  readonly modelId: string;
  readonly ifMatch: string | null;
}

/** Changes a model; an alias that another model holds moves to this one. */
export class ChangeModel {
  constructor(private readonly ports: Ports) {}

  async execute({ tenantId, modelId, ifMatch }: ModelAddress, change: ModelChange): Promise<Model> {
    const { models, deletions, transactions, clock } = this.ports;
    return transactions.transaction(async () => {
      // Two models that take each other's aliases would otherwise wait for each other for ever.
      if (change.aliases !== undefined) await deletions.lockTenant(tenantId);
      const model = requireModel(await models.lock(tenantId, modelId));
      requireMatch(ifMatch, model.version);
      const changed = changeModel(model, change, clock.now());
      if (!changed) return model;
      await this.#takeAliases(changed.next);
      await models.save(changed);
      return changed.next;
    });
  }

  async #takeAliases({ tenantId, id, aliases }: Model): Promise<void> {
    const { models, clock } = this.ports;
    for (const holder of await models.holdersOf(tenantId, aliases, id)) {
      const held = requireModel(await models.lock(tenantId, holder.id));
      await models.save(giveUpAliases(held, aliases, clock.now()));
    }
  }
}

/** Archives a model: it is kept for audit, leaves the lists and can no longer infer. */
export class ArchiveModel {
  constructor(private readonly ports: Omit<Ports, 'deletions'>) {}

  async execute({ tenantId, modelId, ifMatch }: ModelAddress): Promise<void> {
    const { models, transactions, clock } = this.ports;
    await transactions.transaction(async () => {
      const model = requireModel(await models.lock(tenantId, modelId));
      const archived = archiveModel(model, clock.now());
      requireMatch(ifMatch, model.version);
      await models.save(archived);
    });
  }
}
