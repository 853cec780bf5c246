import { referenceKinds, type AudioStatus } from '@earmark/contracts';
import { countAudioFiles, findAudioFiles, listAudioFiles } from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioDirectory } from '../ports.js';
import { referenceTo, toAudioFile } from './audio-facts.js';

/** Ids in one question, as the contracts limit it. */
const BATCH_SIZE = 1000;

/** Asks ingest. */
export class RpcAudioDirectory implements AudioDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async find(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFile>> {
    const found = new Map<string, AudioFile>();
    const reference = referenceTo(datasetId);
    for (let start = 0; start < audioFileIds.length; start += BATCH_SIZE) {
      const batch = audioFileIds.slice(start, start + BATCH_SIZE);
      const { files } = await this.rpc.ask(findAudioFiles, { tenantId, reference, audioFileIds: batch });
      for (const file of files) found.set(file.audioFileId, toAudioFile(file));
    }
    return found;
  }

  async list(
    tenantId: string,
    datasetId: string,
    status: AudioStatus | null,
    { page, pageSize, after }: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>> {
    const place = after && { createdAt: after.createdAt.toISOString(), id: after.id };
    const reference = referenceTo(datasetId);
    const answer = await this.rpc.ask(listAudioFiles, { tenantId, reference, status, page, pageSize, after: place });
    const next = answer.next && { createdAt: new Date(answer.next.createdAt), id: answer.next.id };
    return { items: answer.files.map(toAudioFile), total: answer.total, next };
  }

  async listAll(tenantId: string, datasetId: string): Promise<AudioFile[]> {
    const all: AudioFile[] = [];
    for (let after: CreationKey | null = null; ;) {
      const page: Page<AudioFile, CreationKey> = await this.list(tenantId, datasetId, null, {
        page: 1,
        pageSize: BATCH_SIZE,
        after,
      });
      all.push(...page.items);
      after = page.next;
      if (after === null) return all;
    }
  }

  async count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>> {
    const { counts } = await this.rpc.ask(countAudioFiles, { tenantId, kind: referenceKinds.dataset, ids: [...datasetIds] });
    return new Map(Object.entries(counts));
  }
}
