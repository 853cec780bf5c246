import { Problem, type ObjectRef } from '@earmark/contracts';
import {
  changeAudioFile,
  confirmAudio,
  findPeaks,
  presignDownload,
  releaseAudio,
  reserveAudio,
  type NewAudio,
  type Ticket,
} from '@earmark/contracts/ingest/rpcs';
import type { RpcClient } from '@earmark/messaging';
import type { AudioFile, AudioLabels } from '../domain/audio-file.js';
import type { AudioAddress, AudioFiles, AudioUploads } from '../ports.js';
import { ofDataset, referenceTo, toAudioFile } from './audio-facts.js';

/** Has ingest take uploads. */
export class RpcAudioUploads implements AudioUploads {
  constructor(private readonly rpc: RpcClient) {}

  async open(tenantId: string, datasetId: string, file: NewAudio): Promise<Ticket> {
    const request = { tenantId, reference: referenceTo(datasetId), files: [file], withTickets: true };
    const { files } = await ofDataset(() => this.rpc.ask(reserveAudio, request));
    const ticket = files[0]?.ticket;
    if (ticket === undefined || ticket === null) throw new Error('Ingest reserved a file without a ticket.');
    return ticket;
  }

  async reserve(tenantId: string, datasetId: string, files: readonly NewAudio[]) {
    const request = { tenantId, reference: referenceTo(datasetId), files: [...files], withTickets: false };
    return (await ofDataset(() => this.rpc.ask(reserveAudio, request))).files;
  }

  async confirm(tenantId: string, datasetId: string, audioFileIds: readonly string[]): Promise<AudioFile[]> {
    const request = { tenantId, reference: referenceTo(datasetId), audioFileIds: [...audioFileIds] };
    return (await ofDataset(() => this.rpc.ask(confirmAudio, request))).files.map(toAudioFile);
  }
}

/** Asks ingest about one file. */
export class RpcAudioFiles implements AudioFiles {
  constructor(private readonly rpc: RpcClient) {}

  async change({ tenantId, datasetId, audioFileId }: AudioAddress, labels: AudioLabels): Promise<AudioFile> {
    const request = { tenantId, reference: referenceTo(datasetId), audioFileId, ...labels };
    return toAudioFile((await this.rpc.ask(changeAudioFile, request)).file);
  }

  async remove({ tenantId, datasetId, audioFileId }: AudioAddress): Promise<void> {
    const request = { tenantId, reference: referenceTo(datasetId), audioFileIds: [audioFileId] };
    const { released } = await this.rpc.ask(releaseAudio, request);
    if (released === 0) throw new Problem('audio_file_not_found', 'There is no such audio file.');
  }

  async downloadUrl({ tenantId, datasetId, audioFileId }: AudioAddress): Promise<{ url: string; expiresInSeconds: number }> {
    const request = { tenantId, reference: referenceTo(datasetId), audioFileId };
    const { downloadUrl: url, expiresInSeconds } = await this.rpc.ask(presignDownload, request);
    return { url, expiresInSeconds };
  }

  peaks({ tenantId, datasetId, audioFileId }: AudioAddress): Promise<ObjectRef> {
    return this.rpc.ask(findPeaks, { tenantId, reference: referenceTo(datasetId), audioFileId });
  }
}
