import type { RouteCall, RouteReply } from '@earmark/contracts';
import * as routes from '@earmark/contracts/ingest/routes';
import { HandlesRoute } from '@earmark/service-runtime';
import { creationCursor, toList, toPageRequest, type IdSource } from '@earmark/service-kit';
import { IDS } from '@earmark/service-runtime';
import { Controller, Inject } from '@nestjs/common';
import { DeleteAudio } from '../use-cases/delete-audio.js';
import { ListAudio, PresignOriginal, ReadAudio, ReadPeaks } from '../use-cases/read-audio.js';
import { ConfirmUpload, ReserveUpload } from '../use-cases/upload-audio.js';
import { audioFileView } from './views.js';

/** Audio of datasets over REST. */
@Controller()
export class AudioRoutes {
  constructor(
    private readonly reserveUpload: ReserveUpload,
    private readonly confirmUpload: ConfirmUpload,
    private readonly listAudio: ListAudio,
    private readonly readAudio: ReadAudio,
    private readonly readPeaks: ReadPeaks,
    private readonly deleteAudio: DeleteAudio,
    private readonly presignOriginal: PresignOriginal,
    @Inject(IDS) private readonly ids: IdSource,
  ) {}

  @HandlesRoute(routes.createUpload)
  async create({
    context,
    params,
    body,
  }: RouteCall<typeof routes.createUpload>): Promise<RouteReply<typeof routes.createUpload>> {
    const { file, ticket } = await this.reserveUpload.execute({
      id: this.ids.next(),
      tenantId: context.tenantId,
      purpose: 'dataset',
      datasetId: params.dataset_id,
      originalFilename: body.filename,
      contentType: body.content_type,
      sizeBytes: body.file_size,
      declaredSha256: body.sha256 ?? null,
    });
    return {
      body: {
        audio_id: file.id,
        upload_url: ticket.uploadUrl,
        fields: { ...ticket.fields },
        put_url: ticket.putUrl,
        key: ticket.key,
        expires_in: ticket.expiresInSeconds,
      },
    };
  }

  @HandlesRoute(routes.confirmUpload)
  async confirm({
    context,
    params,
    body,
  }: RouteCall<typeof routes.confirmUpload>): Promise<RouteReply<typeof routes.confirmUpload>> {
    return { body: audioFileView(await this.confirmUpload.execute(context.tenantId, body.audio_id, params.dataset_id)) };
  }

  @HandlesRoute(routes.listAudio)
  async list({ context, params, query }: RouteCall<typeof routes.listAudio>): Promise<RouteReply<typeof routes.listAudio>> {
    const request = toPageRequest(query, creationCursor);
    const page = await this.listAudio.execute(context.tenantId, params.dataset_id, query.status ?? null, request);
    return { body: toList(query, page, creationCursor, audioFileView) };
  }

  @HandlesRoute(routes.readAudio)
  async read({ context, params }: RouteCall<typeof routes.readAudio>): Promise<RouteReply<typeof routes.readAudio>> {
    return { body: audioFileView(await this.readAudio.execute(addressOf(context.tenantId, params))) };
  }

  @HandlesRoute(routes.deleteAudio)
  async delete({ context, params }: RouteCall<typeof routes.deleteAudio>): Promise<RouteReply<typeof routes.deleteAudio>> {
    await this.deleteAudio.execute(addressOf(context.tenantId, params));
    return { body: {} };
  }

  @HandlesRoute(routes.readAudioDownload)
  async download({
    context,
    params,
  }: RouteCall<typeof routes.readAudioDownload>): Promise<RouteReply<typeof routes.readAudioDownload>> {
    const { url, expiresInSeconds } = await this.presignOriginal.execute(context.tenantId, params.audio_id, params.dataset_id);
    return { body: { download_url: url, expires_in: expiresInSeconds } };
  }

  @HandlesRoute(routes.readAudioPeaks)
  async peaks({ context, params }: RouteCall<typeof routes.readAudioPeaks>): Promise<RouteReply<typeof routes.readAudioPeaks>> {
    const { key, sha256, sizeBytes } = await this.readPeaks.execute(addressOf(context.tenantId, params));
    const described = { content_type: 'application/json', filename: 'peaks.json', size_bytes: sizeBytes, sha256 };
    return { body: { object_key: key, ...described } };
  }
}

function addressOf(tenantId: string, params: { dataset_id: string; audio_id: string }) {
  return { tenantId, datasetId: params.dataset_id, audioFileId: params.audio_id };
}
