import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import { confirmAudio, reserveAudio } from '@earmark/contracts/ingest/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { ConfirmAudio } from '../use-cases/confirm-audio.js';
import { IssueTickets } from '../use-cases/issue-tickets.js';
import { ReserveAudio } from '../use-cases/reserve-audio.js';
import { audioFacts } from './views.js';

/** Uploads of other services' files. */
@Controller()
export class UploadRpcs {
  constructor(
    private readonly reserveAudio: ReserveAudio,
    private readonly issueTickets: IssueTickets,
    private readonly confirmAudio: ConfirmAudio,
  ) {}

  @HandlesRpc(reserveAudio)
  async reserve(request: RpcRequest<typeof reserveAudio>): Promise<RpcAnswer<typeof reserveAudio>> {
    const { tenantId, reference, withTickets } = request;
    const asked = request.files.map((file) => ({
      id: file.audioFileId,
      tenantId,
      reference,
      uploadId: file.uploadId ?? file.audioFileId,
      originalFilename: file.filename,
      contentType: file.contentType,
      sizeBytes: file.sizeBytes,
      declaredSha256: file.sha256 ?? null,
      speaker: file.speaker ?? null,
      source: file.source ?? null,
      script: file.script ?? null,
    }));
    const files = await this.reserveAudio.execute(asked);
    const tickets = withTickets ? await this.issueTickets.execute(files) : new Map<string, never>();
    return {
      files: files.map(({ id, confirmedAt }) => ({
        audioFileId: id,
        isConfirmed: confirmedAt !== null,
        ticket: tickets.get(id) ?? null,
      })),
    };
  }

  @HandlesRpc(confirmAudio)
  async confirm(request: RpcRequest<typeof confirmAudio>): Promise<RpcAnswer<typeof confirmAudio>> {
    const { tenantId, reference, audioFileIds } = request;
    return { files: (await this.confirmAudio.execute(tenantId, reference, audioFileIds)).map(audioFacts) };
  }
}
