import {
  confirmReservedUpload,
  findAudioFiles,
  presignDownload,
  releaseAudio,
  reserveUpload,
  type AudioFacts,
} from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioDirectory, UploadRequest, UploadTicket } from '../ports.js';

/** Asks ingest. */
export class RpcAudioDirectory implements AudioDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async reserve(request: UploadRequest): Promise<UploadTicket> {
    const whose = { purpose: 'inference', datasetId: null, sha256: null, extraData: null } as const;
    return this.rpc.ask(reserveUpload, { ...request, ...whose });
  }

  async confirm(tenantId: string, audioFileId: string): Promise<AudioFacts> {
    return (await this.rpc.ask(confirmReservedUpload, { tenantId, audioFileId })).file;
  }

  async find(tenantId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFacts>> {
    const { files } = await this.rpc.ask(findAudioFiles, { tenantId, datasetId: null, audioFileIds: [...audioFileIds] });
    return new Map(files.map((file) => [file.audioFileId, file]));
  }

  async downloadUrl(tenantId: string, audioFileId: string): Promise<{ url: string; expiresInSeconds: number }> {
    const { downloadUrl, expiresInSeconds } = await this.rpc.ask(presignDownload, { tenantId, audioFileId });
    return { url: downloadUrl, expiresInSeconds };
  }

  async release(tenantId: string, audioFileIds: readonly string[]): Promise<void> {
    await this.rpc.ask(releaseAudio, { tenantId, audioFileIds: [...audioFileIds] });
  }
}
