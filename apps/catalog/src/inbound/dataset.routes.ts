import type { RouteCall, RouteReply } from '@earmark/contracts';
import { creationCursor, cutToMessage, toList, toPageRequest } from '@earmark/service-kit';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { ChangeDataset } from '../use-cases/change-dataset.js';
import { CreateDataset } from '../use-cases/create-dataset.js';
import type { DatasetSummary } from '../use-cases/dataset-summary.js';
import { DeleteDataset } from '../use-cases/delete-dataset.js';
import { ListDatasets, ReadDataset } from '../use-cases/read-dataset.js';
import { datasetShape, datasetView } from './views.js';

/** Datasets over REST. */
@Controller()
export class DatasetRoutes {
  constructor(
    private readonly createDataset: CreateDataset,
    private readonly listDatasets: ListDatasets,
    private readonly readDataset: ReadDataset,
    private readonly changeDataset: ChangeDataset,
    private readonly deleteDataset: DeleteDataset,
  ) {}

  @HandlesRoute(routes.createDataset)
  async create({ context, body }: RouteCall<typeof routes.createDataset>): Promise<RouteReply<typeof routes.createDataset>> {
    return reply(
      await this.createDataset.execute({
        tenantId: context.tenantId,
        name: body.name,
        description: body.description ?? null,
        artifactTypes: body.artifact_types,
      }),
    );
  }

  @HandlesRoute(routes.listDatasets)
  async list({ context, query }: RouteCall<typeof routes.listDatasets>): Promise<RouteReply<typeof routes.listDatasets>> {
    const page = await this.listDatasets.execute(context.tenantId, toPageRequest(query, creationCursor));
    return { body: toList(query, cutToMessage(page, datasetShape), creationCursor, datasetView) };
  }

  @HandlesRoute(routes.readDataset)
  async read({ context, params }: RouteCall<typeof routes.readDataset>): Promise<RouteReply<typeof routes.readDataset>> {
    return reply(await this.readDataset.execute(context.tenantId, params.dataset_id));
  }

  @HandlesRoute(routes.changeDataset)
  async change({
    context,
    params,
    body,
  }: RouteCall<typeof routes.changeDataset>): Promise<RouteReply<typeof routes.changeDataset>> {
    const change = {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.description === undefined ? {} : { description: body.description }),
      ...(body.artifact_types === undefined ? {} : { artifactTypes: body.artifact_types }),
    };
    const { tenantId, ifMatch } = context;
    return reply(await this.changeDataset.execute({ tenantId, datasetId: params.dataset_id, change, ifMatch }));
  }

  @HandlesRoute(routes.deleteDataset)
  async delete({ context, params }: RouteCall<typeof routes.deleteDataset>): Promise<RouteReply<typeof routes.deleteDataset>> {
    await this.deleteDataset.execute(context.tenantId, params.dataset_id, context.ifMatch);
    return { body: {} };
  }
}

function reply(summary: DatasetSummary) {
  return { body: datasetView(summary), etag: String(summary.dataset.version) };
}
