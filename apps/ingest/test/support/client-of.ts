// What catalog asks of ingest for its clients, shortened to what specs write often.
import { createHash, randomUUID } from 'node:crypto';
import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { Problem, type AudioStatus } from '@earmark/contracts';
import * as rpcs from '@earmark/contracts/ingest/rpcs';
import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import { eventually, speechLike } from '@earmark/testkit';
import type { IngestWorld } from './ingest-world.js';

/** The problem that a call answers; fails when there is none. */
export function problemOf(call: Promise<unknown>): Promise<Problem> {
  return call.then(
    () => Promise.reject(new Error('The call was expected to be refused.')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );
}

/** A WAV of something like speech; other seeds are other bytes. */
export function wavOf(shape: { durationMs: number; seed: number; sampleRateHz?: number }): Buffer<ArrayBuffer> {
  const sampleRateHz = shape.sampleRateHz ?? 16_000;
  const pcm = Buffer.from(float32ToPcm16(speechLike(shape)));
  const header = writeWavHeader({ sampleRateHz, channels: 1, bitsPerSample: 16, dataBytes: pcm.length });
  return Buffer.concat([header, pcm]);
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What is unusual about an upload. */
interface Unusual {
  readonly filename?: string;
  readonly contentType?: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly datasetId?: string;
  readonly audioFileId?: string;
  readonly reference?: { kind: string; id: string | null };
}

interface ListQuery {
  readonly status?: AudioStatus;
  readonly page?: number;
  readonly pageSize?: number;
  readonly after?: { createdAt: string; id: string } | null;
}

const referenceTo = (datasetId: string) => ({ kind: 'dataset', id: datasetId });

/** The facts under the names that clients of the platform know. */
function viewOf(file: AudioFacts) {
  return {
    id: file.audioFileId,
    dataset_id: file.reference.id,
    original_filename: file.originalFilename,
    size_bytes: file.sizeBytes,
    sha256: file.sha256,
    sample_rate: file.sampleRateHz,
    channels: file.channels,
    duration_ms: file.durationMs,
    processing_status: file.status,
    error_code: file.errorCode,
    error_message: file.errorMessage,
    warnings: file.warnings,
  };
}

/** Calls of one tenant with one dataset. */
export function clientOf({ client }: IngestWorld, tenantId: string = randomUUID()) {
  const dataset = (): string => randomUUID();
  const datasetId = dataset();
  const placeOf = (audioFileId: string, ofDataset = datasetId) => ({
    tenantId,
    reference: referenceTo(ofDataset),
    audioFileId,
  });
  const reserve = async (bytes: Uint8Array, unusual: Unusual = {}) => {
    const { filename = 'call.wav', contentType = 'audio/wav', sizeBytes = bytes.length, sha256 = null } = unusual;
    const audioFileId = unusual.audioFileId ?? randomUUID();
    const file = { audioFileId, filename, contentType, sizeBytes, sha256 };
    const reference = unusual.reference ?? referenceTo(unusual.datasetId ?? datasetId);
    const { files } = await client.ask(rpcs.reserveAudio, { tenantId, reference, files: [file], withTickets: true });
    const ticket = files[0]?.ticket;
    if (!ticket) throw new Error('There is no ticket.');
    return { audio_id: audioFileId, upload_url: ticket.uploadUrl, fields: ticket.uploadFields, put_url: ticket.putUrl };
  };
  const confirm = async (audioId: string, ofDataset = datasetId) => {
    const request = { tenantId, reference: referenceTo(ofDataset), audioFileIds: [audioId] };
    const [file] = (await client.ask(rpcs.confirmAudio, request)).files;
    return viewOf(file as AudioFacts);
  };
  const read = async (audioId: string, ofDataset = datasetId) => {
    const request = { tenantId, reference: referenceTo(ofDataset), audioFileIds: [audioId] };
    const [file] = (await client.ask(rpcs.findAudioFiles, request)).files;
    if (!file) throw new Problem('audio_file_not_found', 'There is no such file.');
    return viewOf(file);
  };
  const put = async (ticket: { put_url: string }, bytes: Buffer<ArrayBuffer>): Promise<void> => {
    const answer = await fetch(ticket.put_url, { method: 'PUT', body: bytes });
    if (!answer.ok) throw new Error(`Storage answered ${answer.status}: ${await answer.text()}`);
  };
  const upload = async (bytes: Buffer<ArrayBuffer>, unusual: Unusual = {}): Promise<string> => {
    const ticket = await reserve(bytes, unusual);
    await put(ticket, bytes);
    await confirm(ticket.audio_id, unusual.datasetId);
    return ticket.audio_id;
  };
  /** Waits until the file has one of the statuses. */
  const reached = (audioId: string, statuses: readonly AudioStatus[], ofDataset = datasetId) =>
    eventually(
      async () => {
        const file = await read(audioId, ofDataset);
        if (!statuses.includes(file.processing_status)) throw new Error(`It is ${file.processing_status}: ${file.error_message}`);
        return file;
      },
      { timeoutMs: 40_000, everyMs: 50 },
    );
  return {
    ...{ tenantId, datasetId, dataset, reserve, put, confirm, read, upload },
    /** Posts the form that the ticket describes. */
    post: async (ticket: { upload_url: string; fields: Record<string, string> }, bytes: Buffer<ArrayBuffer>) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(ticket.fields)) form.append(name, value);
      form.append('file', new Blob([bytes]));
      return (await fetch(ticket.upload_url, { method: 'POST', body: form })).status;
    },
    finished: (audioId: string, ofDataset?: string) => reached(audioId, ['ready', 'failed'], ofDataset),
    ready: (audioId: string, ofDataset?: string) => reached(audioId, ['ready'], ofDataset),
    reached,
    remove: async (audioId: string): Promise<void> => {
      const request = { tenantId, reference: referenceTo(datasetId), audioFileIds: [audioId] };
      const { released } = await client.ask(rpcs.releaseAudio, request);
      if (released === 0) throw new Problem('audio_file_not_found', 'There is no such file.');
    },
    pin: (audioFileIds: readonly string[], holder: { kind: string; id: string }, claimId: string = holder.id) => {
      const request = { tenantId, reference: referenceTo(datasetId), holder, claimId, audioFileIds: [...audioFileIds] };
      return client.ask(rpcs.pinAudio, request);
    },
    unpin: (holder: { kind: string; id: string }, claimId: string | null = null) =>
      client.ask(rpcs.unpinAudio, { tenantId, holder, claimId }),
    list: async ({ pageSize = 1000, ...query }: ListQuery = {}, ofDataset = datasetId) => {
      const asked = { status: null, page: 1, after: null, ...query, pageSize };
      const answer = await client.ask(rpcs.listAudioFiles, { tenantId, reference: referenceTo(ofDataset), ...asked });
      return { ...answer, items: answer.files.map(viewOf) };
    },
    peaks: (audioId: string) => client.ask(rpcs.findPeaks, placeOf(audioId)),
    /** The bytes behind the download URL. */
    download: async (audioId: string) => {
      const { downloadUrl } = await client.ask(rpcs.presignDownload, placeOf(audioId));
      return Buffer.from(await (await fetch(downloadUrl)).arrayBuffer());
    },
  };
}
