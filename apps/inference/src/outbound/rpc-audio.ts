import { holderKinds, referenceKinds } from '@earmark/contracts';
import {
  confirmAudio,
  findAudioFiles,
  pinAudio,
  presignDownload,
  releaseAudio,
  reserveAudio,
  unpinAudio,
  type AudioFacts,
} from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioDirectory, UploadRequest, UploadTicket } from '../ports.js';

/** Ids in one question, as the contract limits it. */
const BATCH_SIZE = 1000;
const reference = { kind: referenceKinds.inference, id: null };

interface JobAddress {
  readonly tenantId: string;
  readonly jobId: string;
}

const holderOf = ({ jobId }: JobAddress) => ({ kind: holderKinds.inferenceJob, id: jobId });

/** Asks ingest. */
export class RpcAudioDirectory implements AudioDirectory {
  constructor(private readonly rpc: RpcClient) {}

  async reserve({ tenantId, ...file }: UploadRequest): Promise<UploadTicket> {
    const { files } = await this.rpc.ask(reserveAudio, { tenantId, reference, files: [file], withTickets: true });
    const ticket = files[0]?.ticket;
    if (ticket === undefined || ticket === null) throw new Error('Ingest reserved a file without a ticket.');
    return ticket;
  }

  async confirm(tenantId: string, audioFileId: string): Promise<AudioFacts> {
    const { files } = await this.rpc.ask(confirmAudio, { tenantId, reference, audioFileIds: [audioFileId] });
    const [file] = files;
    if (file === undefined) throw new Error('Ingest confirmed a file and answered none.');
    return file;
  }

  async find(tenantId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFacts>> {
    const { files } = await this.rpc.ask(findAudioFiles, { tenantId, reference: null, audioFileIds: [...audioFileIds] });
    return new Map(files.map((file) => [file.audioFileId, file]));
  }

  async pin(job: JobAddress, claimId: string, audioFileIds: readonly string[]): Promise<Map<string, AudioFacts>> {
    const { tenantId } = job;
    const pinned = new Map<string, AudioFacts>();
    for (let start = 0; start < audioFileIds.length; start += BATCH_SIZE) {
      const batch = audioFileIds.slice(start, start + BATCH_SIZE);
      const request = { tenantId, reference: null, holder: holderOf(job), claimId, audioFileIds: batch };
      for (const file of (await this.rpc.ask(pinAudio, request)).files) pinned.set(file.audioFileId, file);
    }
    return pinned;
  }

  async unpin(job: JobAddress, claimId: string): Promise<void> {
    await this.rpc.ask(unpinAudio, { tenantId: job.tenantId, holder: holderOf(job), claimId });
  }

  async downloadUrl(tenantId: string, audioFileId: string): Promise<{ url: string; expiresInSeconds: number }> {
    const { downloadUrl, expiresInSeconds } = await this.rpc.ask(presignDownload, { tenantId, audioFileId });
    return { url: downloadUrl, expiresInSeconds };
  }

  async release(tenantId: string, audioFileIds: readonly string[]): Promise<void> {
    await this.rpc.ask(releaseAudio, { tenantId, audioFileIds: [...audioFileIds] });
  }
}
