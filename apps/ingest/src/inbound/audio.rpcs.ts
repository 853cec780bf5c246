import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import * as rpcs from '@earmark/contracts/ingest/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { ReleaseAudio } from '../use-cases/delete-audio.js';
import { FindAudio, PresignOriginal } from '../use-cases/read-audio.js';
import { ConfirmUpload, ReserveUpload } from '../use-cases/upload-audio.js';
import { audioFacts } from './views.js';

/** What other services ask ingest. */
@Controller()
export class AudioRpcs {
  constructor(
    private readonly findAudio: FindAudio,
    private readonly reserveUpload: ReserveUpload,
    private readonly confirmUpload: ConfirmUpload,
    private readonly releaseAudio: ReleaseAudio,
    private readonly presignOriginal: PresignOriginal,
  ) {}

  @HandlesRpc(rpcs.findAudioFiles)
  async find({
    tenantId,
    datasetId,
    audioFileIds,
  }: RpcRequest<typeof rpcs.findAudioFiles>): Promise<RpcAnswer<typeof rpcs.findAudioFiles>> {
    return { files: (await this.findAudio.byIds(tenantId, datasetId, audioFileIds)).map(audioFacts) };
  }

  @HandlesRpc(rpcs.listDatasetAudio)
  async list(request: RpcRequest<typeof rpcs.listDatasetAudio>): Promise<RpcAnswer<typeof rpcs.listDatasetAudio>> {
    const { tenantId, datasetId, afterId, limit } = request;
    return { files: (await this.findAudio.ofDataset(tenantId, datasetId, afterId, limit)).map(audioFacts) };
  }

  @HandlesRpc(rpcs.countDatasetAudio)
  async count({
    tenantId,
    datasetIds,
  }: RpcRequest<typeof rpcs.countDatasetAudio>): Promise<RpcAnswer<typeof rpcs.countDatasetAudio>> {
    return { counts: Object.fromEntries(await this.findAudio.count(tenantId, datasetIds)) };
  }

  @HandlesRpc(rpcs.reserveUpload)
  async reserve(request: RpcRequest<typeof rpcs.reserveUpload>): Promise<RpcAnswer<typeof rpcs.reserveUpload>> {
    const { tenantId, audioFileId, purpose, datasetId, filename, contentType, sizeBytes, sha256 } = request;
    const parts = {
      id: audioFileId,
      tenantId,
      purpose,
      datasetId,
      originalFilename: filename,
      contentType,
      sizeBytes,
      declaredSha256: sha256,
    };
    const { ticket } = await this.reserveUpload.execute(parts);
    const { uploadUrl, fields, putUrl, key, expiresInSeconds } = ticket;
    return { audioFileId, uploadUrl, uploadFields: { ...fields }, putUrl, key, expiresInSeconds };
  }

  @HandlesRpc(rpcs.confirmReservedUpload)
  async confirm({
    tenantId,
    audioFileId,
  }: RpcRequest<typeof rpcs.confirmReservedUpload>): Promise<RpcAnswer<typeof rpcs.confirmReservedUpload>> {
    const file = await this.confirmUpload.execute(tenantId, audioFileId);
    return { file: audioFacts(file), sizeBytes: file.sizeBytes };
  }

  @HandlesRpc(rpcs.releaseAudio)
  async release({ tenantId, audioFileIds }: RpcRequest<typeof rpcs.releaseAudio>): Promise<RpcAnswer<typeof rpcs.releaseAudio>> {
    return { released: await this.releaseAudio.execute(tenantId, audioFileIds) };
  }

  @HandlesRpc(rpcs.presignDownload)
  async presign({
    tenantId,
    audioFileId,
  }: RpcRequest<typeof rpcs.presignDownload>): Promise<RpcAnswer<typeof rpcs.presignDownload>> {
    const { url, expiresInSeconds } = await this.presignOriginal.execute(tenantId, audioFileId);
    return { downloadUrl: url, expiresInSeconds };
  }
}
