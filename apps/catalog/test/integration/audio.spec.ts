import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { confirmUploads, findDataset, reserveUploads } from '@earmark/contracts/catalog/rpcs';
import { connectNats } from '@earmark/messaging';
import { startTrace, withTrace } from '@earmark/service-kit';
import { asTenant, contextOf, glitchAt, problemOf, runCatalog, type RunningCatalog } from '../support/running-catalog.js';

let catalog: RunningCatalog;
let tenant: ReturnType<typeof asTenant>;
let datasetId: string;
beforeAll(async () => {
  catalog = await runCatalog();
});
afterAll(() => catalog?.stop());
beforeEach(async () => {
  tenant = asTenant(catalog);
  datasetId = (await tenant.dataset()).id;
});

const uploadBody = { filename: 'call.wav', content_type: 'audio/wav', file_size: 100 };
const stagedFiles = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ uploadId: randomUUID(), filename: `${index}.wav`, contentType: 'audio/wav', sizeBytes: 100 },
  }));
const uploadOnce = (once: { key: string; bodyHash: string } | null, files = stagedFiles(3)) =>
  catalog.client.ask(reserveUploads, { tenantId: tenant.tenantId, datasetId, once, files });

/** Subjects of the calls between services that `work` leads to, found by its trace. */
async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const connection = await connectNats({ servers: catalog.servers.nats.url, name: 'wiretap' });
  const trace = startTrace();
  const id = trace.traceparent.split('-')[1] ?? '';
  const seen: string[] = [];
  const wiretap = connection.subscribe('rpc.>', {
    callback: (_error, message) => {
      if (message.headers?.get('traceparent').includes(id) === true) seen.push(message.subject);
    },
  });
  await connection.flush();
  await withTrace(trace, work);
  await connection.flush();
  wiretap.unsubscribe();
  await connection.close();
  return seen;
}

describe('calls between services', () => {
  it('are at most two for an annotation, the gateway’s own included', async () => {
    const audio = catalog.ingest.add(tenant.tenantId, datasetId);
    const draft = await tenant.draft(datasetId);
    const calls = await callsOf(() => tenant.add(draft, glitchAt(audio, 0)));
    expect(calls).toEqual(['rpc.catalog.create-annotation.v1', 'rpc.ingest.find-audio-files.v1']);
  });

  it('are five for a one-call upload of 100 files, the gateway’s own included', async () => {
    const calls = await callsOf(async () => {
      await catalog.client.ask(findDataset, { tenantId: tenant.tenantId, datasetId });
      const { files } = await uploadOnce(null, stagedFiles(100));
      const audioFileIds = files.map(({ audioFileId }) => audioFileId);
      await catalog.client.ask(confirmUploads, { tenantId: tenant.tenantId, datasetId, once: null, audioFileIds });
    });
    expect(calls).toHaveLength(5);
  });
});

describe('a one-call upload', () => {
  const confirm = (key: string, taken: Awaited<ReturnType<typeof uploadOnce>>) => {
    const once = { key, bodyHash: 'h', claimedAt: taken.claimedAt ?? '' };
    const audioFileIds = taken.files.map(({ audioFileId }) => audioFileId);
    return catalog.client.ask(confirmUploads, { tenantId: tenant.tenantId, datasetId, once, audioFileIds });
  };
  const expireClaims = () => catalog.database.query(`UPDATE idempotency SET created_at = now() - interval '3 minutes'`);

  it('that comes again after a crash meets the files of the first, and is replayed once it was answered', async () => {
    const first = await uploadOnce({ key: 'k', bodyHash: 'h' });
    expect(await problemOf(uploadOnce({ key: 'k', bodyHash: 'h' }))).toMatchObject({ code: 'idempotency_in_flight' });
    await expireClaims(); // the gateway died between the two calls
    const second = await uploadOnce({ key: 'k', bodyHash: 'h' });
    expect(second.files.map(({ audioFileId }) => audioFileId)).toEqual(first.files.map(({ audioFileId }) => audioFileId));
    const { items } = await confirm('k', second);
    const third = await uploadOnce({ key: 'k', bodyHash: 'h' });
    expect(third.replay).toEqual(items);
    expect(await problemOf(uploadOnce({ key: 'k', bodyHash: 'other' }))).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('has other ids under another key and for another tenant', async () => {
    const ids = async (key: string) => (await uploadOnce({ key, bodyHash: 'h' })).files.map(({ audioFileId }) => audioFileId);
    const [mine, other] = [await ids('a'), await ids('b')];
    tenant = asTenant(catalog);
    datasetId = (await tenant.dataset()).id;
    expect(new Set([...mine, ...other, ...(await ids('a'))]).size).toBe(9);
  });

  it('that was confirmed before its answer was kept does not need its bytes again', async () => {
    await confirm('c', { ...(await uploadOnce({ key: 'c', bodyHash: 'h' })), claimedAt: '2026-01-01 00:00:00+00' });
    await expireClaims();
    expect((await uploadOnce({ key: 'c', bodyHash: 'h' })).files.every(({ isConfirmed }) => isConfirmed)).toBe(true);
  });
});

describe('audio of a dataset', () => {
  const params = (audio_id: string) => ({ dataset_id: datasetId, audio_id });

  it('is reserved, confirmed, read, changed, listed and deleted', async () => {
    const { context } = tenant;
    const call = { context, params: { dataset_id: datasetId } };
    const { body: ticket } = await catalog.client.call(routes.createUpload, { ...call, body: uploadBody });
    const { body: confirmed } = await catalog.client.call(routes.confirmUpload, { ...call, body: { audio_id: ticket.audio_id } });
    expect(confirmed).toMatchObject({ id: ticket.audio_id, dataset_id: datasetId, processing_status: 'pending' });
    const own = { context, params: params(ticket.audio_id) };
    const changed = await catalog.client.call(routes.changeAudio, { ...own, body: { speaker: 'Ada' } });
    expect(changed.body).toMatchObject({ speaker: 'Ada', source: null });
    expect((await catalog.client.call(routes.readAudio, own)).body).toEqual(changed.body);
    expect((await catalog.client.call(routes.listAudio, call)).body).toMatchObject({
      total: 1,
      items: [{ id: ticket.audio_id }],
    });
    await catalog.client.call(routes.deleteAudio, own);
    expect(await problemOf(catalog.client.call(routes.deleteAudio, own))).toMatchObject({ code: 'audio_file_not_found' });
  });

  it('has the same id for the same idempotency key, whatever became of the first request', async () => {
    const context = contextOf(tenant.tenantId, { idempotencyKey: 'upload', requestHash: 'a' });
    const create = async () =>
      (await catalog.client.call(routes.createUpload, { context, params: { dataset_id: datasetId }, body: uploadBody })).body;
    const first = await create();
    await catalog.database.query('DELETE FROM idempotency');
    expect((await create()).audio_id).toBe(first.audio_id);
  });

  it('is not there for a neighbour, nor once the dataset is deleted', async () => {
    const audio = catalog.ingest.add(tenant.tenantId, datasetId);
    const neighbour = asTenant(catalog);
    const read = (context: typeof tenant.context) => catalog.client.call(routes.readAudio, { context, params: params(audio) });
    expect(await problemOf(read(neighbour.context))).toMatchObject({ code: 'dataset_not_found' });
    await read(tenant.context);
    await catalog.client.call(routes.deleteDataset, { context: tenant.context, params: { dataset_id: datasetId } });
    expect(await problemOf(read(tenant.context))).toMatchObject({ code: 'dataset_not_found' });
  });
});
