import type { RpcAnswer, RpcRequest } from '@earmark/contracts';
import { listPinHolders, listReferences, pinAudio, releaseReference, unpinAudio } from '@earmark/contracts/ingest/rpcs';
import { HandlesRpc } from '@earmark/service-runtime';
import { Controller } from '@nestjs/common';
import { ListHolders } from '../use-cases/list-holders.js';
import { PinAudio } from '../use-cases/pin-audio.js';
import { ReleaseReference } from '../use-cases/release-reference.js';
import { UnpinAudio } from '../use-cases/unpin-audio.js';
import { audioFacts } from './views.js';

/** Who needs which files. */
@Controller()
export class PinRpcs {
  constructor(
    private readonly pinAudio: PinAudio,
    private readonly unpinAudio: UnpinAudio,
    private readonly listHolders: ListHolders,
    private readonly releaseReference: ReleaseReference,
  ) {}

  @HandlesRpc(pinAudio)
  async pin(request: RpcRequest<typeof pinAudio>): Promise<RpcAnswer<typeof pinAudio>> {
    return { files: (await this.pinAudio.execute(request)).map(audioFacts) };
  }

  @HandlesRpc(unpinAudio)
  async unpin({ tenantId, holder, claimId }: RpcRequest<typeof unpinAudio>): Promise<RpcAnswer<typeof unpinAudio>> {
    return { released: await this.unpinAudio.execute(tenantId, holder, claimId === null ? {} : { claimId }) };
  }

  @HandlesRpc(listPinHolders)
  async holders(request: RpcRequest<typeof listPinHolders>): Promise<RpcAnswer<typeof listPinHolders>> {
    const { pinnedBefore, ...page } = request;
    return { holders: await this.listHolders.ofPins({ ...page, before: new Date(pinnedBefore) }) };
  }

  @HandlesRpc(listReferences)
  async references(request: RpcRequest<typeof listReferences>): Promise<RpcAnswer<typeof listReferences>> {
    const { reservedBefore, ...page } = request;
    return { references: await this.listHolders.ofFiles({ ...page, before: new Date(reservedBefore) }) };
  }

  @HandlesRpc(releaseReference)
  async release({ tenantId, reference }: RpcRequest<typeof releaseReference>): Promise<RpcAnswer<typeof releaseReference>> {
    await this.releaseReference.execute({ tenantId, ...reference });
    return {};
  }
}
