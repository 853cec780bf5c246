import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import * as rpcs from '@earmark/contracts/ingest/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import type { CreationKey } from '@earmark/service-kit';
import { Controller } from '@nestjs/common';
import { ChangeLabels } from '../use-cases/change-labels.js';
import { FindAudio } from '../use-cases/find-audio.js';
import { FindPeaks } from '../use-cases/find-peaks.js';
import { PresignOriginal } from '../use-cases/presign-original.js';
import { ReleaseAudio } from '../use-cases/release-audio.js';
import { audioFacts } from './views.js';

/** What other services ask about files that are there. */
@Controller()
export class AudioRpcs {
  constructor(
    private readonly findAudio: FindAudio,
    private readonly changeLabels: ChangeLabels,
    private readonly releaseAudio: ReleaseAudio,
    private readonly presignOriginal: PresignOriginal,
    private readonly findPeaks: FindPeaks,
  ) {}

  @HandlesRpc(rpcs.findAudioFiles)
  async find(request: RpcRequest<typeof rpcs.findAudioFiles>): Promise<RpcAnswer<typeof rpcs.findAudioFiles>> {
    const { tenantId, reference, audioFileIds } = request;
    return { files: (await this.findAudio.byIds(tenantId, reference, audioFileIds)).map(audioFacts) };
  }

  @HandlesRpc(rpcs.listAudioFiles)
  async list(request: RpcRequest<typeof rpcs.listAudioFiles>): Promise<RpcAnswer<typeof rpcs.listAudioFiles>> {
    const { tenantId, reference, status, page, pageSize, after } = request;
    const place = after && { createdAt: new Date(after.createdAt), id: after.id };
    const { items, total, next } = await this.findAudio.list(tenantId, reference, status, { page, pageSize, after: place });
    return { files: items.map(audioFacts), total, next: next && wirePlace(next) };
  }

  @HandlesRpc(rpcs.countAudioFiles)
  async count(request: RpcRequest<typeof rpcs.countAudioFiles>): Promise<RpcAnswer<typeof rpcs.countAudioFiles>> {
    const { tenantId, kind, ids } = request;
    return { counts: Object.fromEntries(await this.findAudio.count(tenantId, kind, ids)) };
  }

  @HandlesRpc(rpcs.changeAudioFile)
  async change(request: RpcRequest<typeof rpcs.changeAudioFile>): Promise<RpcAnswer<typeof rpcs.changeAudioFile>> {
    const { tenantId, reference, audioFileId, speaker, source, script } = request;
    const labels = {
      ...(speaker === undefined ? {} : { speaker }),
      ...(source === undefined ? {} : { source }),
      ...(script === undefined ? {} : { script }),
    };
    return { file: audioFacts(await this.changeLabels.execute(tenantId, reference, audioFileId, labels)) };
  }

  @HandlesRpc(rpcs.fillAudioLabels)
  async fill({ tenantId, labels }: RpcRequest<typeof rpcs.fillAudioLabels>): Promise<RpcAnswer<typeof rpcs.fillAudioLabels>> {
    return { filled: await this.changeLabels.fill(tenantId, labels) };
  }

  @HandlesRpc(rpcs.releaseAudio)
  async release(request: RpcRequest<typeof rpcs.releaseAudio>): Promise<RpcAnswer<typeof rpcs.releaseAudio>> {
    const { tenantId, reference, audioFileIds } = request;
    return { released: await this.releaseAudio.execute(tenantId, reference, audioFileIds) };
  }

  @HandlesRpc(rpcs.presignDownload)
  async presign(request: RpcRequest<typeof rpcs.presignDownload>): Promise<RpcAnswer<typeof rpcs.presignDownload>> {
    const { tenantId, reference, audioFileId } = request;
    const { url, expiresInSeconds } = await this.presignOriginal.execute(tenantId, reference ?? null, audioFileId);
    return { downloadUrl: url, expiresInSeconds };
  }

  @HandlesRpc(rpcs.findPeaks)
  async peaks(request: RpcRequest<typeof rpcs.findPeaks>): Promise<RpcAnswer<typeof rpcs.findPeaks>> {
    return this.findPeaks.execute(request.tenantId, request.reference, request.audioFileId);
  }
}

const wirePlace = ({ createdAt, id }: CreationKey) => ({ createdAt: createdAt.toISOString(), id });
