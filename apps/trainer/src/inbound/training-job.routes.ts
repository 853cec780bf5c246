import type { RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/trainer/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { creationCursor, cutToMessage, toList, toPageRequest } from '@earmark/service-kit';
import { Controller } from '@nestjs/common';
import { CancelTrainingJob } from '../use-cases/cancel-training.js';
import { CreateTrainingJob } from '../use-cases/create-training-job.js';
import { ListTrainingJobs, ReadTrainingJob } from '../use-cases/read-training-job.js';
import { jobShape, jobView, stagesOf } from './views.js';

/** Training jobs over REST. */
@Controller()
export class TrainingJobRoutes {
  constructor(
    private readonly createJob: CreateTrainingJob,
    private readonly listJobs: ListTrainingJobs,
    private readonly readJob: ReadTrainingJob,
    private readonly cancelJob: CancelTrainingJob,
  ) {}

  @HandlesRoute(routes.createTrainingJob)
  async create({
    context,
    body,
  }: RouteCall<typeof routes.createTrainingJob>): Promise<RouteReply<typeof routes.createTrainingJob>> {
    const { config } = body;
    const address = { tenantId: context.tenantId, datasetId: body.dataset_id, annotationSetId: body.annotation_set_id };
    const job = await this.createJob.execute(address, {
      artifactTypes: config.artifact_types,
      epochs: config.epochs,
      validationSplit: config.validation_split,
      learningRate: config.learning_rate,
      batchSize: config.batch_size,
      chunkSizeMs: config.chunk_size_ms,
      strideMs: config.stride_ms,
      seed: config.seed,
      device: config.device,
      augment: config.augment,
      earlyStopping: config.early_stopping,
    });
    return reply({ job, epochs: [] });
  }

  @HandlesRoute(routes.listTrainingJobs)
  async list({ context, query }: RouteCall<typeof routes.listTrainingJobs>): Promise<RouteReply<typeof routes.listTrainingJobs>> {
    const filter = { statuses: query.status ? stagesOf(query.status) : null, datasetId: query.dataset_id ?? null };
    const page = await this.listJobs.execute(context.tenantId, filter, toPageRequest(query, creationCursor));
    return { body: toList(query, cutToMessage(page, jobShape), creationCursor, jobView) };
  }

  @HandlesRoute(routes.readTrainingJob)
  async read({ context, params }: RouteCall<typeof routes.readTrainingJob>): Promise<RouteReply<typeof routes.readTrainingJob>> {
    return reply(await this.readJob.execute(context.tenantId, params.training_job_id));
  }

  @HandlesRoute(routes.cancelTrainingJob)
  async cancel({
    context,
    params,
  }: RouteCall<typeof routes.cancelTrainingJob>): Promise<RouteReply<typeof routes.cancelTrainingJob>> {
    await this.cancelJob.execute(context.tenantId, params.training_job_id);
    return reply(await this.readJob.execute(context.tenantId, params.training_job_id));
  }
}

function reply(summary: Parameters<typeof jobView>[0]) {
  return { body: jobView(summary), etag: String(summary.job.version) };
}
