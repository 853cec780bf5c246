import type { CallContext, RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/model-registry/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { creationCursor, cutToMessage, toList, toPageRequest, type CreationKey } from '@earmark/service-kit';
import { Controller } from '@nestjs/common';
import type { Model } from '../domain/model.js';
import type { ModelOrder } from '../ports.js';
import { ArchiveModel, ChangeModel } from '../use-cases/change-model.js';
import { ListModels, ReadModel } from '../use-cases/read-model.js';
import { modelSummaryView, modelView } from './model-view.js';
import { scoreCursor } from './score-cursor.js';

/** Models over REST. */
@Controller()
export class ModelRoutes {
  constructor(
    private readonly listModels: ListModels,
    private readonly readModel: ReadModel,
    private readonly changeModel: ChangeModel,
    private readonly archiveModel: ArchiveModel,
  ) {}

  @HandlesRoute(routes.listModels)
  async list({ context, query }: RouteCall<typeof routes.listModels>): Promise<RouteReply<typeof routes.listModels>> {
    const { tenantId } = context;
    const order: ModelOrder = query.sort.startsWith('-') ? 'descending' : 'ascending';
    const filter = {
      ...(query.is_active === undefined ? {} : { isActive: query.is_active }),
      ...(query.artifact_type === undefined ? {} : { artifactType: query.artifact_type }),
      ...(query.kind === undefined ? {} : { kind: query.kind }),
    };
    if (query.sort.endsWith('f1_score')) {
      const page = await this.listModels.byScore(tenantId, filter, order, toPageRequest(query, scoreCursor));
      const shape = { view: modelSummaryView, keyOf: ({ evalMetrics, id }: Model) => ({ f1Score: evalMetrics.f1_score, id }) };
      return { body: toList(query, cutToMessage(page, shape), scoreCursor, modelSummaryView) };
    }
    const page = await this.listModels.byCreation(tenantId, filter, order, toPageRequest(query, creationCursor));
    const shape = { view: modelSummaryView, keyOf: ({ createdAt, id }: Model): CreationKey => ({ createdAt, id }) };
    return { body: toList(query, cutToMessage(page, shape), creationCursor, modelSummaryView) };
  }

  @HandlesRoute(routes.readModel)
  async read({ context, params }: RouteCall<typeof routes.readModel>): Promise<RouteReply<typeof routes.readModel>> {
    return reply(await this.readModel.execute(context.tenantId, params.model_id));
  }

  @HandlesRoute(routes.changeModel)
  async change(call: RouteCall<typeof routes.changeModel>): Promise<RouteReply<typeof routes.changeModel>> {
    const { body } = call;
    const change = {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.description === undefined ? {} : { description: body.description }),
      ...(body.is_active === undefined ? {} : { isActive: body.is_active }),
      ...(body.thresholds === undefined ? {} : { thresholds: body.thresholds }),
      ...(body.aliases === undefined ? {} : { aliases: body.aliases }),
    };
    return reply(await this.changeModel.execute(addressOf(call), change));
  }

  @HandlesRoute(routes.archiveModel)
  async archive(call: RouteCall<typeof routes.archiveModel>): Promise<RouteReply<typeof routes.archiveModel>> {
    await this.archiveModel.execute(addressOf(call));
    return { body: {} };
  }

  @HandlesRoute(routes.readModelArtifact)
  async download(call: RouteCall<typeof routes.readModelArtifact>): Promise<RouteReply<typeof routes.readModelArtifact>> {
    const { context, params } = call;
    return { body: await this.readModel.download(context.tenantId, params.model_id, params.artifact) };
  }
}

function addressOf({ context, params }: { context: CallContext; params: { model_id: string } }) {
  return { tenantId: context.tenantId, modelId: params.model_id, ifMatch: context.ifMatch };
}

function reply(model: Model) {
  return { body: modelView(model), etag: String(model.version) };
}
