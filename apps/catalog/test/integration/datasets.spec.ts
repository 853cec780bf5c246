import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DatasetManifest } from '@earmark/contracts';
import { findDataset } from '@earmark/contracts/catalog/rpcs';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { asTenant, contextOf, glitchAt, problemOf, runCatalog, type RunningCatalog } from '../support/running-catalog.js';

let catalog: RunningCatalog;
beforeAll(async () => {
  catalog = await runCatalog();
});
afterAll(() => catalog?.stop());

const types = (...names: string[]) => names.map((name) => ({ name }));

describe('datasets', () => {
  it('are created with defaults, warn about unusual names, and announce themselves', async () => {
    const { client } = catalog;
    const context = contextOf(randomUUID());
    const body = { name: 'TTS', artifact_types: [{ name: 'glitch' }, { name: 'Lange Pause', color: '#00ff00' }] };
    const created = await client.call(routes.createDataset, { context, body });
    expect(created.etag).toBe('1');
    expect(created.body).toMatchObject({ description: null, audio_count: 0, annotation_set_count: 0 });
    expect(created.body.artifact_types).toEqual([
      { name: 'glitch', description: null, color: '#FF0000' },
      { name: 'Lange Pause', description: null, color: '#00ff00' },
    ]);
    expect(created.body.warnings).toEqual([expect.stringContaining('"Lange Pause"')]);
    const datasetId = created.body.id;
    const artifactTypes = ['glitch', 'Lange Pause'];
    expect(await catalog.said('evt.catalog.dataset-created.v1')).toContainEqual({
      tenantId: context.tenantId,
      datasetId,
      name: 'TTS',
      artifactTypes,
    });
    const found = await client.ask(findDataset, { tenantId: context.tenantId, datasetId });
    expect(found).toEqual({ datasetId, name: 'TTS', artifactTypes });
  });

  it('are refused with double type names', async () => {
    const body = { name: 'TTS', artifact_types: types('glitch', 'glitch') };
    const problem = await problemOf(catalog.client.call(routes.createDataset, { context: contextOf(randomUUID()), body }));
    expect(problem.code).toBe('validation_failed');
  });

  it('are listed newest first with counts, by page and by cursor', async () => {
    const tenant = asTenant(catalog);
    const made = [await tenant.dataset(), await tenant.dataset(), await tenant.dataset()];
    const [first] = made;
    catalog.ingest.add(tenant.tenantId, first?.id ?? '');
    await tenant.draft(first?.id ?? '');
    const ids = made.map(({ id }) => id).reverse();
    const list = (query: object) =>
      catalog.client.call(routes.listDatasets, { context: tenant.context, query }).then(({ body }) => body);
    const all = await list({});
    expect(all).toMatchObject({ total: 3, page: 1, page_size: 1000, next_cursor: null });
    expect(all.items.map(({ id }) => id)).toEqual(ids);
    expect(all.items.at(-1)).toMatchObject({ audio_count: 1, annotation_set_count: 1 });
    expect((await list({ page: '2', page_size: '2' })).items.map(({ id }) => id)).toEqual(ids.slice(2));
    const head = await list({ page_size: '2' });
    await tenant.dataset(); // a newcomer does not disturb who reads by cursor
    const tail = await list({ page_size: '2', cursor: head.next_cursor });
    expect(tail.items.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(tail).toMatchObject({ total: 4, next_cursor: null });
  });

  it('answer 503 when ingest is away, and change nothing', async () => {
    const tenant = asTenant(catalog);
    const { id } = await tenant.dataset();
    const params = { dataset_id: id };
    await catalog.ingest.stop();
    try {
      for (const call of [
        catalog.client.call(routes.listDatasets, { context: tenant.context }),
        catalog.client.call(routes.readDataset, { context: tenant.context, params }),
        catalog.client.call(routes.changeDataset, { context: tenant.context, params, body: { name: 'Other' } }),
      ])
        expect(await problemOf(call)).toMatchObject({ code: 'service_unavailable' });
    } finally {
      catalog.ingest.start();
    }
    const { body, etag } = await catalog.client.call(routes.readDataset, { context: tenant.context, params });
    expect([body.name, etag]).toEqual(['TTS', '1']);
  });

  it('change what is sent, ignore what is unknown, and honour If-Match', async () => {
    const tenant = asTenant(catalog);
    const { id } = await tenant.dataset();
    const change = (body: object, ifMatch: string | null = null) =>
      catalog.client.call(routes.changeDataset, { context: { ...tenant.context, ifMatch }, params: { dataset_id: id }, body });
    const changed = await change({ name: 'English', whatever: 1 }, '1');
    expect(changed).toMatchObject({ etag: '2', body: { name: 'English', description: null } });
    expect(await problemOf(change({ name: 'Lost' }, '1'))).toMatchObject({ code: 'precondition_failed' });
    const { body, etag } = await catalog.client.call(routes.readDataset, { context: tenant.context, params: { dataset_id: id } });
    expect(await change(body, etag)).toMatchObject({ etag: '2' }); // GET → PATCH of the same is no change
    expect(await catalog.said('evt.catalog.dataset-changed.v1')).toHaveLength(1);
  });

  it('that lose an artifact type make its annotations in drafts invalid and published sets stale', async () => {
    const tenant = asTenant(catalog);
    const dataset = await tenant.dataset(['glitch', 'long_pause']);
    const audio = catalog.ingest.add(tenant.tenantId, dataset.id);
    const published = await tenant.draft(dataset.id);
    await tenant.add(published, glitchAt(audio, 0));
    await tenant.publish(published);
    const draft = await tenant.draft(dataset.id);
    await tenant.addAll(draft, [
      glitchAt(audio, 0),
      glitchAt(audio, 500),
      { ...glitchAt(audio, 0), artifact_type: 'long_pause' },
    ]);
    const neighbour = asTenant(catalog);
    const other = await neighbour.draft((await neighbour.dataset()).id);
    await neighbour.add(other, glitchAt(catalog.ingest.add(neighbour.tenantId, other.dataset_id), 0));

    const setTypes = (...names: string[]) =>
      catalog.client.call(routes.changeDataset, {
        context: tenant.context,
        params: { dataset_id: dataset.id },
        body: { artifact_types: types(...names) },
      });
    const { body } = await setTypes('long_pause');
    expect(body.warnings.join(' ')).toMatch(/"glitch".*2 annotation\(s\).*1 published/s);
    const after = (await tenant.set(draft)).body;
    expect(after).toMatchObject({ total_annotations: 1, annotations_by_type: { long_pause: 1 }, is_stale: false });
    expect(after.annotations.map(({ is_valid }) => is_valid)).toEqual([false, false, true]);
    expect((await tenant.set(published)).body).toMatchObject({ is_stale: true, total_annotations: 1 });
    expect((await neighbour.set(other)).body.total_annotations).toBe(1);

    const frozen = await tenant.publish(draft);
    const bytes = await catalog.blobs.getBytes(`${tenant.tenantId}/manifests/${frozen.manifest_sha256}.json`, 1e6);
    const manifest = DatasetManifest.parse(JSON.parse(bytes.toString()));
    expect(manifest.files[0]?.annotations).toEqual([{ artifactType: 'long_pause', startMs: 0, endMs: 100, confidence: 1 }]);
    await setTypes('long_pause', 'glitch');
    expect((await tenant.set(published)).body.is_stale).toBe(false);
    expect((await tenant.set(draft)).body.total_annotations).toBe(1); // published: what was invalid stays out
  });

  it('are gone after a DELETE, with everything below them; a second DELETE is 404', async () => {
    const tenant = asTenant(catalog);
    const dataset = await tenant.dataset();
    const set = await tenant.draft(dataset.id);
    const { context } = tenant;
    const params = { dataset_id: dataset.id };
    const audio = catalog.ingest.add(tenant.tenantId, dataset.id);
    const remove = (ifMatch: string | null) =>
      catalog.client.call(routes.deleteDataset, { context: { ...context, ifMatch }, params });
    expect(await problemOf(remove('7'))).toMatchObject({ code: 'precondition_failed' });
    await remove('1');
    expect(await catalog.said('evt.catalog.dataset-deleted.v1')).toContainEqual({
      tenantId: tenant.tenantId,
      datasetId: dataset.id,
    });
    for (const call of [
      () => remove(null),
      () => catalog.client.call(routes.readDataset, { context, params }),
      () => catalog.client.call(routes.changeDataset, { context, params, body: { name: 'x' } }),
      () => catalog.client.call(routes.listAnnotationSets, { context, params }),
      () => tenant.draft(dataset.id),
      () => tenant.set(set),
      () => tenant.deleteSet(set),
      () => tenant.publish(set),
      () => tenant.add(set, glitchAt(audio, 0)),
      () => catalog.client.ask(findDataset, { tenantId: tenant.tenantId, datasetId: dataset.id }),
    ])
      expect(await problemOf(call())).toMatchObject({ code: 'dataset_not_found' });
    expect((await catalog.client.call(routes.listDatasets, { context })).body.total).toBe(0);
  });

  it('are created once for one idempotency key', async () => {
    const tenant = asTenant(catalog);
    const context = { ...tenant.context, idempotencyKey: 'first', requestHash: 'a'.repeat(64) };
    const create = (hash = context.requestHash) =>
      catalog.client.call(routes.createDataset, {
        context: { ...context, requestHash: hash },
        body: { name: 'Once', artifact_types: types('glitch') },
      });
    const first = await create();
    expect((await create()).body).toEqual(first.body);
    expect(await problemOf(create('b'.repeat(64)))).toMatchObject({ code: 'idempotency_key_reused' });
    expect((await catalog.client.call(routes.listDatasets, { context: tenant.context })).body.total).toBe(1);
  });
});
