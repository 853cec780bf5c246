import { holderKinds, referenceKinds, type TenantHolder } from '@earmark/contracts';
import { listPinHolders, listReferences, pinAudio, releaseReference, unpinAudio } from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioOwners, AudioPins, SetAddress } from '../ports.js';
import { referenceTo, toAudioFile } from './audio-facts.js';

/** Ids in one question, as the contracts limit it. */
const BATCH_SIZE = 1000;
const holderOf = (id: string) => ({ kind: holderKinds.annotationSet, id });

/** Pins at ingest. */
export class RpcAudioPins implements AudioPins {
  constructor(private readonly rpc: RpcClient) {}

  async pin({ tenantId, datasetId, annotationSetId }: SetAddress, claimId: string, ids: readonly string[]): Promise<AudioFile[]> {
    const pinned: AudioFile[] = [];
    const shared = { tenantId, reference: referenceTo(datasetId), holder: holderOf(annotationSetId), claimId };
    for (let start = 0; start < ids.length; start += BATCH_SIZE) {
      const { files } = await this.rpc.ask(pinAudio, { ...shared, audioFileIds: ids.slice(start, start + BATCH_SIZE) });
      pinned.push(...files.map(toAudioFile));
    }
    return pinned;
  }

  async unpin({ tenantId, annotationSetId }: SetAddress, claimId: string): Promise<void> {
    await this.rpc.ask(unpinAudio, { tenantId, holder: holderOf(annotationSetId), claimId });
  }

  async *holders(before: Date): AsyncIterable<readonly TenantHolder[]> {
    const shared = { kind: holderKinds.annotationSet, pinnedBefore: before.toISOString(), limit: BATCH_SIZE };
    for (let afterId: string | null = null; ;) {
      const { holders }: { holders: TenantHolder[] } = await this.rpc.ask(listPinHolders, { ...shared, afterId });
      yield holders;
      afterId = holders.at(-1)?.id ?? null;
      if (holders.length < BATCH_SIZE) return;
    }
  }

  async unpinSet({ tenantId, id }: TenantHolder): Promise<void> {
    await this.rpc.ask(unpinAudio, { tenantId, holder: holderOf(id), claimId: null });
  }
}

/** The datasets that ingest keeps files for. */
export class RpcAudioOwners implements AudioOwners {
  constructor(private readonly rpc: RpcClient) {}

  async *datasets(before: Date): AsyncIterable<readonly TenantHolder[]> {
    const shared = { kind: referenceKinds.dataset, reservedBefore: before.toISOString(), limit: BATCH_SIZE };
    for (let afterId: string | null = null; ;) {
      const { references }: { references: TenantHolder[] } = await this.rpc.ask(listReferences, { ...shared, afterId });
      yield references;
      afterId = references.at(-1)?.id ?? null;
      if (references.length < BATCH_SIZE) return;
    }
  }

  async release({ tenantId, id }: TenantHolder): Promise<void> {
    await this.rpc.ask(releaseReference, { tenantId, reference: referenceTo(id) });
  }
}
