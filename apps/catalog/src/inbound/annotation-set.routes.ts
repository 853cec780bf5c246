import type { RouteCall, RouteReply } from '@earmark/contracts';
import { creationCursor, cutToMessage, toList, toPageRequest, versionCursor } from '@earmark/service-kit';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { CreateAnnotationSet } from '../use-cases/create-annotation-set.js';
import { DeleteAnnotationSet } from '../use-cases/delete-annotation-set.js';
import { MarkReviewed } from '../use-cases/mark-reviewed.js';
import { PublishAnnotationSet } from '../use-cases/publish-annotation-set.js';
import { ListAnnotationSets, ReadAnnotationSet } from '../use-cases/read-annotation-set.js';
import type { SetSummary } from '../use-cases/set-summary.js';
import { addressOf } from './addresses.js';
import { annotationShape, annotationView, setShape, setView } from './views.js';

/** Annotation sets over REST. */
@Controller()
export class AnnotationSetRoutes {
  constructor(
    private readonly createSet: CreateAnnotationSet,
    private readonly listSets: ListAnnotationSets,
    private readonly readSet: ReadAnnotationSet,
    private readonly deleteSet: DeleteAnnotationSet,
    private readonly publishSet: PublishAnnotationSet,
    private readonly markReviewed: MarkReviewed,
  ) {}

  @HandlesRoute(routes.createAnnotationSet)
  async create(call: RouteCall<typeof routes.createAnnotationSet>): Promise<RouteReply<typeof routes.createAnnotationSet>> {
    const copyFrom = call.body.copy_from ?? null;
    return reply(await this.createSet.execute(call.context.tenantId, call.params.dataset_id, copyFrom));
  }

  @HandlesRoute(routes.listAnnotationSets)
  async list(call: RouteCall<typeof routes.listAnnotationSets>): Promise<RouteReply<typeof routes.listAnnotationSets>> {
    const { context, params, query } = call;
    const page = await this.listSets.execute(context.tenantId, params.dataset_id, toPageRequest(query, versionCursor));
    return { body: toList(query, cutToMessage(page, setShape), versionCursor, setView) };
  }

  @HandlesRoute(routes.readAnnotationSet)
  async read(call: RouteCall<typeof routes.readAnnotationSet>): Promise<RouteReply<typeof routes.readAnnotationSet>> {
    const detail = await this.readSet.execute(addressOf(call));
    const { items, next } = cutToMessage(detail.annotations, annotationShape);
    const body = {
      ...setView(detail),
      annotations: items.map(annotationView),
      annotations_next_cursor: next === null ? null : creationCursor.encode(next),
    };
    return { body, etag: String(detail.set.rowVersion) };
  }

  @HandlesRoute(routes.deleteAnnotationSet)
  async delete(call: RouteCall<typeof routes.deleteAnnotationSet>): Promise<RouteReply<typeof routes.deleteAnnotationSet>> {
    await this.deleteSet.execute(addressOf(call), call.context.ifMatch);
    return { body: {} };
  }

  @HandlesRoute(routes.publishAnnotationSet)
  async publish(call: RouteCall<typeof routes.publishAnnotationSet>): Promise<RouteReply<typeof routes.publishAnnotationSet>> {
    return reply(await this.publishSet.execute(addressOf(call), call.context.ifMatch));
  }

  @HandlesRoute(routes.markReviewed)
  async review(call: RouteCall<typeof routes.markReviewed>): Promise<RouteReply<typeof routes.markReviewed>> {
    return { body: { reviewed: await this.markReviewed.execute(addressOf(call), call.body.audio_file_ids) } };
  }
}

function reply(summary: SetSummary) {
  return { body: setView(summary), etag: String(summary.set.rowVersion) };
}
