import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { eventually } from '@earmark/testkit';
import { PurgeDeleted, RemoveOrphanManifests } from '../../src/use-cases/purge-deleted.js';
import { asTenant, glitchAt, problemOf, runCatalog, type RunningCatalog } from '../support/running-catalog.js';

let catalog: RunningCatalog;
beforeAll(async () => {
  catalog = await runCatalog(); // with a grace period of 0 ms
});
afterAll(() => catalog?.stop());

const rowsOf = async (tenantId: string) => {
  const counts: Record<string, number> = {};
  for (const table of ['dataset', 'annotation_set', 'annotation', 'reviewed_file', 'published_file']) {
    const { rows } = await catalog.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE tenant_id = $1`, [
      tenantId,
    ]);
    counts[table] = rows[0]?.n ?? -1;
  }
  return counts;
};
const manifestsOf = async (tenantId: string) => {
  const keys: string[] = [];
  for await (const { key } of catalog.blobs.list(`${tenantId}/manifests/`)) keys.push(key);
  return keys;
};

/** A dataset with one published set of two files, one of them reviewed. */
async function published(tenant: ReturnType<typeof asTenant>) {
  const { id } = await tenant.dataset();
  const [audio, other] = [catalog.ingest.add(tenant.tenantId, id), catalog.ingest.add(tenant.tenantId, id)];
  const set = await tenant.draft(id);
  await tenant.addAll(set, [glitchAt(audio, 0), glitchAt(audio, 500)]);
  const params = tenant.setParams(set);
  await catalog.client.call(routes.markReviewed, { context: tenant.context, params, body: { audio_file_ids: [other] } });
  return tenant.publish(set);
}

const oneOfEach = { dataset: 1, annotation_set: 1, annotation: 2, reviewed_file: 1, published_file: 2 };
const nothing = { dataset: 0, annotation_set: 0, annotation: 0, reviewed_file: 0, published_file: 0 };

describe('what was deleted', () => {
  it('leaves the database and the storage after the grace period, and nothing else does', async () => {
    const [tenant, neighbour] = [asTenant(catalog), asTenant(catalog)];
    const doomed = await published(tenant);
    await published(neighbour);
    const kept = await published(tenant);
    const params = { dataset_id: doomed.dataset_id };
    await catalog.client.call(routes.deleteDataset, { context: tenant.context, params });
    await catalog.service.app.get(PurgeDeleted).execute();
    expect(await rowsOf(tenant.tenantId)).toEqual(oneOfEach);
    expect(await manifestsOf(tenant.tenantId)).toEqual([`${tenant.tenantId}/manifests/${kept.manifest_sha256}.json`]);
    expect(await rowsOf(neighbour.tenantId)).toEqual(oneOfEach);
    expect(await manifestsOf(neighbour.tenantId)).toHaveLength(1);
  });

  it('goes for a set alone as well', async () => {
    const tenant = asTenant(catalog);
    await tenant.deleteSet(await published(tenant));
    await catalog.service.app.get(PurgeDeleted).execute();
    expect(await rowsOf(tenant.tenantId)).toEqual({ ...nothing, dataset: 1 });
    expect(await manifestsOf(tenant.tenantId)).toEqual([]);
  });

  it('stays while the grace period runs', async () => {
    const tenant = asTenant(catalog);
    const set = await published(tenant);
    await catalog.client.call(routes.deleteDataset, { context: tenant.context, params: { dataset_id: set.dataset_id } });
    await catalog.database.query(`UPDATE dataset SET deleted_at = now() + interval '1 hour' WHERE tenant_id = $1`, [
      tenant.tenantId,
    ]);
    await catalog.service.app.get(PurgeDeleted).execute();
    expect(await rowsOf(tenant.tenantId)).toEqual(oneOfEach);
    expect(await manifestsOf(tenant.tenantId)).toHaveLength(1);
  });
});

describe('manifests that no set refers to', () => {
  it('are removed, the others stay', async () => {
    const tenant = asTenant(catalog);
    const { manifest_sha256 } = await published(tenant);
    const orphan = `${tenant.tenantId}/manifests/${'0'.repeat(64)}.json`;
    await catalog.blobs.put(orphan, Buffer.from('{}'), { contentType: 'application/json' });
    // Storage tells the time in whole seconds: what was written just now counts as young for a moment.
    await eventually(async () => {
      await catalog.service.app.get(RemoveOrphanManifests).execute();
      expect(await manifestsOf(tenant.tenantId)).toEqual([`${tenant.tenantId}/manifests/${manifest_sha256}.json`]);
    });
  });
});

describe('a deleted organisation', () => {
  it('loses all its datasets, and its neighbour none', async () => {
    const [tenant, neighbour] = [asTenant(catalog), asTenant(catalog)];
    const sets = [await published(tenant), await published(tenant)];
    const other = await published(neighbour);
    await catalog.publish([organisationDeleted.fact({ tenantId: tenant.tenantId })]);
    await eventually(async () => {
      for (const set of sets) expect(await problemOf(tenant.set(set))).toMatchObject({ code: 'dataset_not_found' });
    });
    const deleted = (await catalog.said('evt.catalog.dataset-deleted.v1')) as { tenantId: string; datasetId: string }[];
    const ours = deleted.filter(({ tenantId }) => tenantId === tenant.tenantId).map(({ datasetId }) => datasetId);
    expect(ours.sort()).toEqual(sets.map(({ dataset_id }) => dataset_id).sort());
    await catalog.service.app.get(PurgeDeleted).execute();
    expect(await rowsOf(tenant.tenantId)).toEqual(nothing);
    expect((await neighbour.set(other)).body.total_annotations).toBe(2);
  });
});
