import { countDatasetAudio, findAudioFiles, listDatasetAudio } from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioFile } from '../domain/annotation.js';
import type { AudioDirectory } from '../ports.js';

/** Ids in one question, as the contracts limit it. */
const BLOCK = 1000;

/** Asks ingest. */
export class RpcAudioDirectory implements AudioDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async find(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFile>> {
    const found = new Map<string, AudioFile>();
    for (let start = 0; start < audioFileIds.length; start += BLOCK) {
      const block = audioFileIds.slice(start, start + BLOCK);
      const { files } = await this.rpc.ask(findAudioFiles, { tenantId, datasetId, audioFileIds: block });
      for (const file of files) if (file.datasetId === datasetId) found.set(file.audioFileId, toAudioFile(file));
    }
    return found;
  }

  async listAll(tenantId: string, datasetId: string): Promise<AudioFile[]> {
    const all: AudioFile[] = [];
    for (let afterId: string | null = null; ; afterId = all.at(-1)?.audioFileId ?? null) {
      const { files } = await this.rpc.ask(listDatasetAudio, { tenantId, datasetId, afterId, limit: BLOCK });
      all.push(...files.map(toAudioFile));
      if (files.length < BLOCK) return all;
    }
  }

  async count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>> {
    const { counts } = await this.rpc.ask(countDatasetAudio, { tenantId, datasetIds: [...datasetIds] });
    return new Map(Object.entries(counts));
  }
}

function toAudioFile({ audioFileId, originalFilename, status, errorMessage, durationMs }: AudioFile): AudioFile {
  return { audioFileId, originalFilename, status, errorMessage, durationMs };
}
