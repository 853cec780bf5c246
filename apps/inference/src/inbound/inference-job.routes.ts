import type { RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/inference/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { creationCursor, cutToMessage, toList, toPageRequest } from '@earmark/service-kit';
import { Controller } from '@nestjs/common';
import { CancelInferenceJob } from '../use-cases/cancel-inference-job.js';
import { CreateInferenceJob } from '../use-cases/create-inference-job.js';
import { DeleteInferenceJob } from '../use-cases/delete-inference-job.js';
import { ListInferenceJobs, ReadInferenceJob } from '../use-cases/read-inference-job.js';
import { Rethreshold } from '../use-cases/rethreshold.js';
import { detectionRequest, fileShape, fileView, jobView } from './views.js';

/** Inference jobs over REST. */
@Controller()
export class InferenceJobRoutes {
  constructor(
    private readonly createInferenceJob: CreateInferenceJob,
    private readonly listInferenceJobs: ListInferenceJobs,
    private readonly readInferenceJob: ReadInferenceJob,
    private readonly cancelInferenceJob: CancelInferenceJob,
    private readonly deleteInferenceJob: DeleteInferenceJob,
    private readonly rethresholdJob: Rethreshold,
  ) {}

  @HandlesRoute(routes.createInferenceJob)
  async create({
    context,
    body,
  }: RouteCall<typeof routes.createInferenceJob>): Promise<RouteReply<typeof routes.createInferenceJob>> {
    const detection = detectionRequest(body.config ?? {});
    return {
      body: jobView(await this.createInferenceJob.execute({ tenantId: context.tenantId, model: body.model_id, detection })),
    };
  }

  @HandlesRoute(routes.listInferenceJobs)
  async list({
    context,
    query,
  }: RouteCall<typeof routes.listInferenceJobs>): Promise<RouteReply<typeof routes.listInferenceJobs>> {
    const filter = {
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(query.model_id === undefined ? {} : { modelId: query.model_id }),
    };
    const page = await this.listInferenceJobs.execute(context.tenantId, filter, toPageRequest(query, creationCursor));
    return { body: toList(query, page, creationCursor, jobView) };
  }

  @HandlesRoute(routes.readInferenceJob)
  async read({
    context,
    params,
  }: RouteCall<typeof routes.readInferenceJob>): Promise<RouteReply<typeof routes.readInferenceJob>> {
    const { job, files } = await this.readInferenceJob.execute(context.tenantId, params.inference_job_id, routes.filesPerDetail);
    const { items, next } = cutToMessage(files, fileShape(job.modelId));
    const shown = items.map((file) => fileView(file, job.modelId));
    return { body: { ...jobView(job), files: shown, files_next_cursor: next && creationCursor.encode(next) } };
  }

  @HandlesRoute(routes.deleteInferenceJob)
  async delete({
    context,
    params,
    query,
  }: RouteCall<typeof routes.deleteInferenceJob>): Promise<RouteReply<typeof routes.deleteInferenceJob>> {
    const { tenantId } = context;
    if (!query.purge) return { body: jobView(await this.cancelInferenceJob.execute(tenantId, params.inference_job_id)) };
    await this.deleteInferenceJob.execute(tenantId, params.inference_job_id);
    return { body: null };
  }

  @HandlesRoute(routes.cancelInferenceJob)
  async cancel({
    context,
    params,
  }: RouteCall<typeof routes.cancelInferenceJob>): Promise<RouteReply<typeof routes.cancelInferenceJob>> {
    return { body: jobView(await this.cancelInferenceJob.execute(context.tenantId, params.inference_job_id)) };
  }

  @HandlesRoute(routes.rethreshold)
  async rethreshold({
    context,
    params,
    body,
  }: RouteCall<typeof routes.rethreshold>): Promise<RouteReply<typeof routes.rethreshold>> {
    const detection = detectionRequest(body.config);
    return { body: jobView(await this.rethresholdJob.execute(context.tenantId, params.inference_job_id, detection)) };
  }
}
