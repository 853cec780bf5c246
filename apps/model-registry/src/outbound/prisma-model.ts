import { Problem, type Transition } from '@earmark/contracts';
import {
  pageOf,
  rowsToSkip,
  sqlOf,
  type CreationKey,
  type Outbox,
  type Page,
  type PageRequest,
  type Sql,
} from '@earmark/service-kit';
import type { Model } from '../domain/model.js';
import type { ModelFilter, ModelOrder, ModelStore, ScoreKey } from '../ports.js';
import type { RegistryUnitOfWork } from './client.js';
import { toChangingColumns, toFixedColumns, toModel, withAliases } from './model-rows.js';
import type { Prisma } from './prisma-client/client.js';

/** No model of a deleted organisation is found. */
const LIVING = 'NOT EXISTS (SELECT 1 FROM deleted_tenant d WHERE d.tenant_id = $1::uuid)';

interface ListPlan<Key> {
  readonly filter: ModelFilter;
  readonly request: PageRequest<Key>;
  readonly orderBy: Prisma.ModelOrderByWithRelationInput[];
  readonly after: Prisma.ModelWhereInput;
  readonly keyOf: (model: Model) => Key;
}

export class PrismaModelStore implements ModelStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: RegistryUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  find(tenantId: string, modelId: string): Promise<Model | null> {
    return this.#findWhere(tenantId, { id: modelId });
  }

  findByAlias(tenantId: string, alias: string): Promise<Model | null> {
    return this.#findWhere(tenantId, { aliases: { some: { tenantId, alias } } });
  }

  findByTrainingJob(tenantId: string, trainingJobId: string): Promise<Model | null> {
    return this.#findWhere(tenantId, { trainingJobId });
  }

  async lock(tenantId: string, modelId: string): Promise<Model | null> {
    const text = `SELECT 1 FROM model WHERE tenant_id = $1::uuid AND id = $2::uuid AND ${LIVING} FOR UPDATE`;
    const held = await this.#sql.query(text, tenantId, modelId);
    return held.length === 0 ? null : this.find(tenantId, modelId);
  }

  async holdersOf(tenantId: string, aliases: readonly string[], exceptId: string): Promise<Model[]> {
    if (aliases.length === 0) return [];
    const rows = await this.#rows.findMany({
      where: { tenantId, id: { not: exceptId }, aliases: { some: { tenantId, alias: { in: [...aliases] } } } },
      include: withAliases,
    });
    return rows.map(toModel);
  }

  listByCreation(
    tenantId: string,
    filter: ModelFilter,
    order: ModelOrder,
    request: PageRequest<CreationKey>,
  ): Promise<Page<Model, CreationKey>> {
    const [direction, beyond] = directionOf(order);
    const { after } = request;
    return this.#list(tenantId, {
      filter,
      request,
      orderBy: [{ createdAt: direction }, { id: direction }],
      after:
        after === null
          ? {}
          : { OR: [{ createdAt: beyond(after.createdAt) }, { createdAt: after.createdAt, id: beyond(after.id) }] },
      keyOf: ({ createdAt, id }) => ({ createdAt, id }),
    });
  }

  listByScore(
    tenantId: string,
    filter: ModelFilter,
    order: ModelOrder,
    request: PageRequest<ScoreKey>,
  ): Promise<Page<Model, ScoreKey>> {
    const [direction, beyond] = directionOf(order);
    const { after } = request;
    return this.#list(tenantId, {
      filter,
      request,
      orderBy: [{ f1Score: direction }, { id: direction }],
      after: after === null ? {} : { OR: [{ f1Score: beyond(after.f1Score) }, { f1Score: after.f1Score, id: beyond(after.id) }] },
      keyOf: ({ evalMetrics, id }) => ({ f1Score: evalMetrics.f1_score, id }),
    });
  }

  async save({ next, facts }: Transition<Model>): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.version === 1) await this.#rows.create({ data: { ...toFixedColumns(next), ...toChangingColumns(next) } });
      else await this.#update(next);
      await this.#saveAliases(next);
      await this.ports.outbox.append(facts);
    });
  }

  async markDatasetDeleted(tenantId: string, datasetId: string): Promise<void> {
    await this.#rows.updateMany({
      where: { tenantId, datasetId, datasetDeleted: false },
      data: { datasetDeleted: true, version: { increment: 1 } },
    });
  }

  async #findWhere(tenantId: string, where: Prisma.ModelWhereInput): Promise<Model | null> {
    if (await this.#isTenantDeleted(tenantId)) return null;
    const row = await this.#rows.findFirst({ where: { ...where, tenantId }, include: withAliases });
    return row && toModel(row);
  }

  async #list<Key>(tenantId: string, { filter, request, orderBy, after, keyOf }: ListPlan<Key>): Promise<Page<Model, Key>> {
    if (await this.#isTenantDeleted(tenantId)) return { items: [], total: 0, next: null };
    const { artifactType, ...equal } = filter;
    const types = artifactType === undefined ? {} : { artifactTypes: { has: artifactType } };
    const all: Prisma.ModelWhereInput = { ...equal, ...types, tenantId, archivedAt: null };
    const rows = await this.#rows.findMany({
      where: { AND: [all, after] },
      include: withAliases,
      orderBy,
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toModel), total, request.pageSize, keyOf);
  }

  async #update(next: Model): Promise<void> {
    const { tenantId, id, version } = next;
    const { count } = await this.#rows.updateMany({
      where: { tenantId, id, version: version - 1 },
      data: toChangingColumns(next),
    });
    if (count !== 1) throw new Problem('conflict', 'The model was changed by someone else at the same time; try again.');
  }

  /** The alias rows of the model as it is now; whoever held one has given it up in the same transaction. */
  async #saveAliases({ tenantId, id, aliases }: Model): Promise<void> {
    const rows = this.ports.uow.client().modelAlias;
    const held = await rows.findMany({ where: { tenantId, modelId: id } });
    await rows.deleteMany({ where: { tenantId, modelId: id, alias: { notIn: [...aliases] } } });
    const added = aliases.filter((alias) => !held.some((row) => row.alias === alias));
    if (added.length > 0) await rows.createMany({ data: added.map((alias) => ({ tenantId, alias, modelId: id })) });
  }

  async #isTenantDeleted(tenantId: string): Promise<boolean> {
    return (await this.ports.uow.client().deletedTenant.count({ where: { tenantId } })) > 0;
  }

  get #rows() {
    return this.ports.uow.client().model;
  }
}

/** Prisma's direction, and the condition "further along in it". */
function directionOf(order: ModelOrder) {
  if (order === 'ascending') return ['asc', <T>(value: T) => ({ gt: value })] as const;
  return ['desc', <T>(value: T) => ({ lt: value })] as const;
}
