import type { RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/inference/routes';
import { HandlesRoute } from '@earmark/messaging/nest';
import { creationCursor, toList, toPageRequest, type CreationKey, type Page } from '@earmark/service-kit';
import { Controller } from '@nestjs/common';
import type { InferenceFile } from '../../domain/inference-file.js';
import { CancelInferenceJob } from '../../use-cases/cancel-inference-job.js';
import { CreateInferenceJob } from '../../use-cases/create-inference-job.js';
import { ListInferenceJobs, ReadInferenceJob } from '../../use-cases/read-inference-job.js';
import { Rethreshold } from '../../use-cases/rethreshold.js';
import { detectionRequest, fileView, jobView } from './views.js';

/** Files of a job's detail: as many as stay within an answer that travels in one message. */
const DETAIL_FILES = 1000;
const DETAIL_BYTES = 4 * 1024 ** 2;

/** Inference jobs over REST. */
@Controller()
export class InferenceJobRoutes {
  constructor(
    private readonly createInferenceJob: CreateInferenceJob,
    private readonly listInferenceJobs: ListInferenceJobs,
    private readonly readInferenceJob: ReadInferenceJob,
    private readonly cancelInferenceJob: CancelInferenceJob,
    private readonly rethresholdJob: Rethreshold,
  ) {}

  @HandlesRoute(routes.createInferenceJob)
  async create({
    context,
    body,
  }: RouteCall<typeof routes.createInferenceJob>): Promise<RouteReply<typeof routes.createInferenceJob>> {
    const detection = detectionRequest(body.config ?? routes.DetectionConfig.parse({}));
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
    const { job, files } = await this.readInferenceJob.execute(context.tenantId, params.inference_job_id, DETAIL_FILES);
    const shown = withinBudget(files, job.modelId);
    return { body: { ...jobView(job), files: shown.views, files_next_cursor: shown.next } };
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

/** The first files whose JSON stays within the budget, and the cursor of what follows. */
function withinBudget(files: Page<InferenceFile, CreationKey>, modelId: string) {
  const views: ReturnType<typeof fileView>[] = [];
  let left = DETAIL_BYTES;
  let last: InferenceFile | undefined;
  for (const file of files.items) {
    const view = fileView(file, modelId);
    left -= JSON.stringify(view).length;
    if (left < 0 && views.length > 0) return { views, next: last ? creationCursor.encode(last) : null };
    views.push(view);
    last = file;
  }
  return { views, next: files.next === null ? null : creationCursor.encode(files.next) };
}
