import type { RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/inference/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { creationCursor, cutToMessage, positionCursor, toList, toPageRequest } from '@earmark/service-kit';
import { Controller } from '@nestjs/common';
import { AddDatasetAudio, ConfirmInferenceFile, ReserveInferenceFile } from '../use-cases/add-files.js';
import { ListDetections } from '../use-cases/list-detections.js';
import { ListInferenceFiles, PresignOriginal, ReadInferenceFile } from '../use-cases/read-inference-job.js';
import { detectionView, fileShape, fileView } from './views.js';

/** Files of inference jobs over REST. */
@Controller()
export class InferenceFileRoutes {
  constructor(
    private readonly reserve: ReserveInferenceFile,
    private readonly confirmFile: ConfirmInferenceFile,
    private readonly addAudio: AddDatasetAudio,
    private readonly listFiles: ListInferenceFiles,
    private readonly readFile: ReadInferenceFile,
    private readonly listDetections: ListDetections,
    private readonly presign: PresignOriginal,
  ) {}

  @HandlesRoute(routes.createInferenceUpload)
  async upload({
    context,
    params,
    body,
  }: RouteCall<typeof routes.createInferenceUpload>): Promise<RouteReply<typeof routes.createInferenceUpload>> {
    const { tenantId } = context;
    const upload = { tenantId, filename: body.filename, contentType: body.content_type, sizeBytes: body.file_size_bytes };
    const { file, ticket } = await this.reserve.execute(params.inference_job_id, upload);
    return {
      body: {
        file_id: file.id,
        upload_url: ticket.uploadUrl,
        upload_fields: { ...ticket.uploadFields },
        put_url: ticket.putUrl,
        s3_key: ticket.key,
        expires_in: ticket.expiresInSeconds,
      },
    };
  }

  @HandlesRoute(routes.confirmInferenceUpload)
  async confirm({
    context,
    params,
    body,
  }: RouteCall<typeof routes.confirmInferenceUpload>): Promise<RouteReply<typeof routes.confirmInferenceUpload>> {
    const { job, file } = await this.confirmFile.execute(context.tenantId, params.inference_job_id, body.file_id);
    return { body: fileView(file, job.modelId) };
  }

  @HandlesRoute(routes.addDatasetAudio)
  async add({
    context,
    params,
    body,
  }: RouteCall<typeof routes.addDatasetAudio>): Promise<RouteReply<typeof routes.addDatasetAudio>> {
    const { job, files } = await this.addAudio.execute(context.tenantId, params.inference_job_id, body.audio_file_ids);
    return { body: { items: files.map((file) => fileView(file, job.modelId)) } };
  }

  @HandlesRoute(routes.listInferenceFiles)
  async list({
    context,
    params,
    query,
  }: RouteCall<typeof routes.listInferenceFiles>): Promise<RouteReply<typeof routes.listInferenceFiles>> {
    const address = { tenantId: context.tenantId, jobId: params.inference_job_id };
    const { job, files } = await this.listFiles.execute(address, query.status ?? null, toPageRequest(query, creationCursor));
    const page = cutToMessage(files, fileShape(job.modelId));
    return { body: toList(query, page, creationCursor, (file) => fileView(file, job.modelId)) };
  }

  @HandlesRoute(routes.readInferenceFile)
  async read({
    context,
    params,
  }: RouteCall<typeof routes.readInferenceFile>): Promise<RouteReply<typeof routes.readInferenceFile>> {
    const { job, file } = await this.readFile.execute(context.tenantId, params.inference_job_id, params.file_id);
    return { body: fileView(file, job.modelId) };
  }

  @HandlesRoute(routes.listDetections)
  async detections({
    context,
    params,
    query,
  }: RouteCall<typeof routes.listDetections>): Promise<RouteReply<typeof routes.listDetections>> {
    const address = { tenantId: context.tenantId, jobId: params.inference_job_id, fileId: params.file_id };
    const { job, page } = await this.listDetections.execute(address, toPageRequest(query, positionCursor));
    return { body: toList(query, page, positionCursor, (detection) => detectionView(detection, job.modelId)) };
  }

  @HandlesRoute(routes.readInferenceDownload)
  async download({
    context,
    params,
  }: RouteCall<typeof routes.readInferenceDownload>): Promise<RouteReply<typeof routes.readInferenceDownload>> {
    const { url, expiresInSeconds } = await this.presign.execute(context.tenantId, params.inference_job_id, params.file_id);
    return { body: { download_url: url, expires_in: expiresInSeconds } };
  }
}
