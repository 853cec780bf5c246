import type { RouteCall, RouteReply } from '@earmark/contracts';
import { creationCursor, cutToMessage, toList, toPageRequest } from '@earmark/service-kit';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import type { Mark } from '../domain/annotation.js';
import { AddAnnotations } from '../use-cases/add-annotations.js';
import { ChangeAnnotation, DeleteAnnotation } from '../use-cases/change-annotation.js';
import { ListAnnotations } from '../use-cases/read-annotation-set.js';
import { addressOf } from './addresses.js';
import { annotationShape, annotationView } from './views.js';

/** Annotations over REST. */
@Controller()
export class AnnotationRoutes {
  constructor(
    private readonly listAnnotations: ListAnnotations,
    private readonly addAnnotations: AddAnnotations,
    private readonly changeAnnotation: ChangeAnnotation,
    private readonly deleteAnnotation: DeleteAnnotation,
  ) {}

  @HandlesRoute(routes.listAnnotations)
  async list(call: RouteCall<typeof routes.listAnnotations>): Promise<RouteReply<typeof routes.listAnnotations>> {
    const { query } = call;
    const filter = {
      ...(query.audio_file_id === undefined ? {} : { audioFileId: query.audio_file_id }),
      ...(query.artifact_type === undefined ? {} : { artifactType: query.artifact_type }),
    };
    const page = await this.listAnnotations.execute(addressOf(call), filter, toPageRequest(query, creationCursor));
    return { body: toList(query, cutToMessage(page, annotationShape), creationCursor, annotationView) };
  }

  @HandlesRoute(routes.createAnnotation)
  async create(call: RouteCall<typeof routes.createAnnotation>): Promise<RouteReply<typeof routes.createAnnotation>> {
    const [annotation] = await this.addAnnotations.execute(addressOf(call), [toMark(call.body)], () => ['body']);
    if (!annotation) throw new Error('Adding one annotation answered none.');
    return { body: annotationView(annotation) };
  }

  @HandlesRoute(routes.createAnnotationsInBulk)
  async createInBulk(
    call: RouteCall<typeof routes.createAnnotationsInBulk>,
  ): Promise<RouteReply<typeof routes.createAnnotationsInBulk>> {
    const marks = call.body.annotations.map(toMark);
    const annotations = await this.addAnnotations.execute(addressOf(call), marks, (index) => ['body', 'annotations', index]);
    return { body: { created: annotations.length, annotations: annotations.map(annotationView) } };
  }

  @HandlesRoute(routes.changeAnnotation)
  async change(call: RouteCall<typeof routes.changeAnnotation>): Promise<RouteReply<typeof routes.changeAnnotation>> {
    const { body, params } = call;
    const change = {
      ...(body.artifact_type === undefined ? {} : { artifactType: body.artifact_type }),
      ...(body.start_ms === undefined ? {} : { startMs: body.start_ms }),
      ...(body.end_ms === undefined ? {} : { endMs: body.end_ms }),
      ...(body.confidence === undefined ? {} : { confidence: body.confidence }),
      ...(body.extra_data === undefined ? {} : { extraData: body.extra_data }),
    };
    return { body: annotationView(await this.changeAnnotation.execute(addressOf(call), params.annotation_id, change)) };
  }

  @HandlesRoute(routes.deleteAnnotation)
  async delete(call: RouteCall<typeof routes.deleteAnnotation>): Promise<RouteReply<typeof routes.deleteAnnotation>> {
    await this.deleteAnnotation.execute(addressOf(call), call.params.annotation_id);
    return { body: {} };
  }
}

function toMark(body: RouteCall<typeof routes.createAnnotation>['body']): Mark {
  return {
    audioFileId: body.audio_file_id,
    artifactType: body.artifact_type,
    startMs: body.start_ms,
    endMs: body.end_ms,
    confidence: body.confidence,
    extraData: body.extra_data ?? null,
  };
}
