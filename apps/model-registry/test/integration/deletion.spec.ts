import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { datasetDeleted } from '@earmark/contracts/catalog/events';
import { organisationDeleted } from '@earmark/contracts/gateway/events';
import { findModel } from '@earmark/contracts/model-registry/rpcs';
import { eventually } from '@earmark/testkit';
import { CollectArtefacts } from '../../src/use-cases/collect-artefacts.js';
import { asTenant, problemOf, runRegistry, type RunningRegistry } from '../support/running-registry.js';

let registry: RunningRegistry;
beforeAll(async () => {
  registry = await runRegistry(); // with a grace period of 0 ms
});
afterAll(() => registry?.stop());

const collect = () => registry.service.app.get(CollectArtefacts).execute();
const objectsOf = async (tenantId: string) => {
  const keys: string[] = [];
  for await (const { key } of registry.blobs.list(`${tenantId}/`)) keys.push(key);
  return keys;
};
const rowsOf = async (tenantId: string) =>
  (await registry.database.query('SELECT id FROM model WHERE tenant_id = $1', [tenantId])).rowCount;

describe('the collector', () => {
  it('removes the files of archived models, keeps their rows, and touches nothing else', async () => {
    const [tenant, neighbour] = [asTenant(registry), asTenant(registry)];
    const trainingJobId = randomUUID();
    const doomed = await tenant.register({ trainingJobId });
    const kept = await tenant.register();
    await neighbour.register({ trainingJobId });
    // What an attempt that lost its lease left behind goes as well.
    await registry.blobs.put(`${tenant.tenantId}/models/${trainingJobId}/7/model.onnx`, Buffer.from('x'), { contentType: 'x/y' });
    await tenant.archive(doomed);
    expect((await tenant.download(doomed, 'onnx')).body.size_bytes).toBe(10);
    await collect();
    expect(await problemOf(tenant.download(doomed, 'onnx'))).toMatchObject({ code: 'model_archived' });
    expect((await tenant.read(doomed)).body.archived_at).not.toBeNull();
    const left = await objectsOf(tenant.tenantId);
    expect(left).toHaveLength(3);
    expect(left).toContain((await tenant.download(kept, 'onnx')).body.object_key);
    expect(await objectsOf(neighbour.tenantId)).toHaveLength(3);
  });

  it('waits for the grace period', async () => {
    const tenant = asTenant(registry);
    const id = await tenant.register();
    await tenant.archive(id);
    await registry.database.query(`UPDATE model SET archived_at = now() + interval '1 hour' WHERE id = $1`, [id]);
    await collect();
    expect(await objectsOf(tenant.tenantId)).toHaveLength(3);
  });
});

describe('a deleted dataset', () => {
  it('is shown by its models, also by those registered later, and by no others', async () => {
    const [tenant, neighbour] = [asTenant(registry), asTenant(registry)];
    const datasetId = randomUUID();
    const before = await tenant.register({ datasetId });
    const unrelated = await tenant.register();
    const foreign = await neighbour.register({ datasetId });
    await registry.publish([datasetDeleted.fact({ tenantId: tenant.tenantId, datasetId })]);
    await eventually(async () => expect((await tenant.read(before)).body.dataset_deleted).toBe(true));
    const after = await tenant.register({ datasetId });
    expect((await tenant.read(after)).body.dataset_deleted).toBe(true);
    expect((await tenant.read(unrelated)).body.dataset_deleted).toBe(false);
    expect((await neighbour.read(foreign)).body.dataset_deleted).toBe(false);
    expect((await tenant.read(before)).etag).toBe('2');
  });
});

describe('a deleted organisation', () => {
  it('has no models any more, registers none, and loses rows and files to the collector', async () => {
    const [tenant, neighbour] = [asTenant(registry), asTenant(registry)];
    const id = await tenant.register();
    await tenant.change(id, { aliases: ['prod'] });
    await neighbour.register();
    await registry.publish([organisationDeleted.fact({ tenantId: tenant.tenantId })]);
    await eventually(async () => expect(await problemOf(tenant.read(id))).toMatchObject({ code: 'model_not_found' }));
    const byAlias = registry.client.ask(findModel, { tenantId: tenant.tenantId, model: 'prod' });
    expect(await problemOf(byAlias)).toMatchObject({ code: 'model_not_found' });
    expect((await tenant.list()).total).toBe(0);
    expect(await problemOf(tenant.register({ trainingJobId: randomUUID() }))).toMatchObject({ code: 'conflict' });
    await collect();
    expect(await rowsOf(tenant.tenantId)).toBe(0);
    expect(await rowsOf(neighbour.tenantId)).toBe(1);
    expect(await objectsOf(neighbour.tenantId)).toHaveLength(3);
    expect(await objectsOf(tenant.tenantId)).toEqual([]);
  });
});
