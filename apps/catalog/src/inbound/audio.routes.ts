import type { RouteCall, RouteReply } from '@earmark/contracts';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { HandlesRoute, IDS } from '@earmark/service-runtime';
import { creationCursor, derivedId, cutToMessage, toList, toPageRequest, type IdSource } from '@earmark/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { ChangeAudio } from '../use-cases/change-audio.js';
import { ConfirmUpload } from '../use-cases/confirm-upload.js';
import { DeleteAudio } from '../use-cases/delete-audio.js';
import { ListAudio } from '../use-cases/list-audio.js';
import { ReadAudio } from '../use-cases/read-audio.js';
import { ReserveUpload } from '../use-cases/reserve-upload.js';
import { audioShape, audioView } from './audio-view.js';

type Call<Name extends keyof typeof routes> = RouteCall<(typeof routes)[Name]>;
type Reply<Name extends keyof typeof routes> = Promise<RouteReply<(typeof routes)[Name]>>;

/** Audio of datasets over REST. */
@Controller()
export class AudioRoutes {
  constructor(
    private readonly reserveUpload: ReserveUpload,
    private readonly confirmUpload: ConfirmUpload,
    private readonly listAudio: ListAudio,
    private readonly readAudio: ReadAudio,
    private readonly changeAudio: ChangeAudio,
    private readonly deleteAudio: DeleteAudio,
    @Inject(IDS) private readonly ids: IdSource,
  ) {}

  /** Under an idempotency key the id is derived from it: a request that comes again after a crash meets the same file. */
  @HandlesRoute(routes.createUpload)
  async create({ context, params, body }: Call<'createUpload'>): Reply<'createUpload'> {
    const { tenantId, idempotencyKey: key } = context;
    const audioFileId = key === null ? this.ids.next() : derivedId(tenantId, routes.createUpload.name, key, 0);
    const ticket = await this.reserveUpload.execute(tenantId, params.dataset_id, {
      audioFileId,
      filename: body.filename,
      contentType: body.content_type,
      sizeBytes: body.file_size,
      sha256: body.sha256,
      speaker: body.speaker,
      source: body.source,
      script: body.script,
    });
    return {
      body: {
        audio_id: audioFileId,
        upload_url: ticket.uploadUrl,
        fields: { ...ticket.uploadFields },
        put_url: ticket.putUrl,
        key: ticket.key,
        expires_in: ticket.expiresInSeconds,
      },
    };
  }

  @HandlesRoute(routes.confirmUpload)
  async confirm({ context, params, body }: Call<'confirmUpload'>): Reply<'confirmUpload'> {
    const [file] = await this.confirmUpload.execute(context.tenantId, params.dataset_id, [body.audio_id]);
    if (file === undefined) throw new Error('Confirming one upload answered none.');
    return { body: audioView(params.dataset_id)(file) };
  }

  @HandlesRoute(routes.listAudio)
  async list({ context, params, query }: Call<'listAudio'>): Reply<'listAudio'> {
    const request = toPageRequest(query, creationCursor);
    const page = await this.listAudio.execute(context.tenantId, params.dataset_id, query.status ?? null, request);
    const { dataset_id: datasetId } = params;
    return { body: toList(query, cutToMessage(page, audioShape(datasetId)), creationCursor, audioView(datasetId)) };
  }

  @HandlesRoute(routes.readAudio)
  async read({ context, params }: Call<'readAudio'>): Reply<'readAudio'> {
    return { body: audioView(params.dataset_id)(await this.readAudio.execute(addressOf(context.tenantId, params))) };
  }

  @HandlesRoute(routes.changeAudio)
  async change({ context, params, body }: Call<'changeAudio'>): Reply<'changeAudio'> {
    const labels = {
      ...(body.speaker === undefined ? {} : { speaker: body.speaker }),
      ...(body.source === undefined ? {} : { source: body.source }),
      ...(body.script === undefined ? {} : { script: body.script }),
    };
    return { body: audioView(params.dataset_id)(await this.changeAudio.execute(addressOf(context.tenantId, params), labels)) };
  }

  @HandlesRoute(routes.deleteAudio)
  async delete({ context, params }: Call<'deleteAudio'>): Reply<'deleteAudio'> {
    await this.deleteAudio.execute(addressOf(context.tenantId, params));
    return { body: {} };
  }

  @HandlesRoute(routes.readAudioDownload)
  async download({ context, params }: Call<'readAudioDownload'>): Reply<'readAudioDownload'> {
    const { url, expiresInSeconds } = await this.readAudio.downloadUrl(addressOf(context.tenantId, params));
    return { body: { download_url: url, expires_in: expiresInSeconds } };
  }

  @HandlesRoute(routes.readAudioPeaks)
  async peaks({ context, params }: Call<'readAudioPeaks'>): Reply<'readAudioPeaks'> {
    const { key, sha256, sizeBytes } = await this.readAudio.peaks(addressOf(context.tenantId, params));
    const described = { content_type: 'application/json', filename: 'peaks.json', size_bytes: sizeBytes, sha256 };
    return { body: { object_key: key, ...described } };
  }
}

function addressOf(tenantId: string, params: { dataset_id: string; audio_id: string }) {
  return { tenantId, datasetId: params.dataset_id, audioFileId: params.audio_id };
}
