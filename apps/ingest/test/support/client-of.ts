// What a client of ingest does, shortened to what specs write often.
import { createHash, randomUUID } from 'node:crypto';
import { float32ToPcm16, writeWavHeader } from '@earmark/audio';
import { Problem, type AudioStatus, type CallContext } from '@earmark/contracts';
import * as routes from '@earmark/contracts/ingest/routes';
import { eventually, speechLike } from '@earmark/testkit';
import type { IngestWorld } from './ingest-world.js';

/** What the gateway sends along with a call. */
const contextOf = (tenantId: string): CallContext => ({
  ...{ tenantId, keyId: randomUUID(), scopes: ['write'], requestId: 'spec' },
  ...{ idempotencyKey: null, requestHash: null, ifMatch: null },
});

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
}

/** Calls of one tenant with one dataset. */
export function clientOf({ client, catalog }: IngestWorld, tenantId: string = randomUUID()) {
  const context = contextOf(tenantId);
  const dataset = (): string => {
    const id = randomUUID();
    catalog.datasets.set(id, tenantId);
    return id;
  };
  const datasetId = dataset();
  const params = (audioId: string, ofDataset = datasetId) => ({ dataset_id: ofDataset, audio_id: audioId });
  const reserve = async (bytes: Uint8Array, unusual: Unusual = {}) => {
    const { filename = 'call.wav', contentType = 'audio/wav', sizeBytes = bytes.length, sha256 = null } = unusual;
    const body = { filename, content_type: contentType, file_size: sizeBytes, sha256 };
    return (await client.call(routes.createUpload, { context, params: { dataset_id: unusual.datasetId ?? datasetId }, body }))
      .body;
  };
  const confirm = async (audioId: string, ofDataset = datasetId) =>
    (await client.call(routes.confirmUpload, { context, params: { dataset_id: ofDataset }, body: { audio_id: audioId } })).body;
  const read = async (audioId: string, ofDataset = datasetId) =>
    (await client.call(routes.readAudio, { context, params: params(audioId, ofDataset) })).body;
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
    ...{ tenantId, datasetId, context, dataset, reserve, put, confirm, read, upload },
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
    remove: (audioId: string) => client.call(routes.deleteAudio, { context, params: params(audioId) }),
    list: async (query: Record<string, unknown> = {}, ofDataset = datasetId) =>
      (await client.call(routes.listAudio, { context, params: { dataset_id: ofDataset }, query })).body,
    peaks: async (audioId: string) => (await client.call(routes.readAudioPeaks, { context, params: params(audioId) })).body,
    /** The bytes behind the download URL. */
    download: async (audioId: string) => {
      const { body } = await client.call(routes.readAudioDownload, { context, params: params(audioId) });
      return Buffer.from(await (await fetch(body.download_url)).arrayBuffer());
    },
  };
}
