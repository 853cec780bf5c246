import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import { confirmUploads, reserveUploads } from '@earmark/contracts/catalog/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { IdempotencyLedger } from '@earmark/service-kit';
import { Controller, Inject } from '@nestjs/common';
import { ConfirmUpload } from '../use-cases/confirm-upload.js';
import { TakeUploads, uploadRoute } from '../use-cases/take-uploads.js';
import { audioView } from './audio-view.js';

/** Status of the answer that is kept. */
const CREATED = 201;

/** One-call uploads, whose bytes the gateway has put into storage. */
@Controller()
export class UploadRpcs {
  constructor(
    private readonly takeUploads: TakeUploads,
    private readonly confirmUpload: ConfirmUpload,
    @Inject(IdempotencyLedger) private readonly ledger: IdempotencyLedger,
  ) {}

  @HandlesRpc(reserveUploads)
  async reserve(request: RpcRequest<typeof reserveUploads>): Promise<RpcAnswer<typeof reserveUploads>> {
    const taken = await this.takeUploads.execute(request);
    if ('replay' in taken) {
      const replay = taken.replay as RpcAnswer<typeof confirmUploads>['items'];
      return { replay, files: [], claimedAt: null };
    }
    return { replay: null, files: [...taken.files], claimedAt: taken.claimedAt };
  }

  @HandlesRpc(confirmUploads)
  async confirm(request: RpcRequest<typeof confirmUploads>): Promise<RpcAnswer<typeof confirmUploads>> {
    const { tenantId, datasetId, once, audioFileIds } = request;
    const claim = once && { tenantId, route: uploadRoute, ...once };
    try {
      const items = (await this.confirmUpload.execute(tenantId, datasetId, audioFileIds)).map(audioView(datasetId));
      if (claim !== null) await this.ledger.finish(claim, CREATED, items);
      return { items };
    } catch (error) {
      if (claim !== null) await this.ledger.release(claim);
      throw error;
    }
  }
}
