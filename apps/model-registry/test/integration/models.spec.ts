import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findModel, registerModel } from '@earmark/contracts/model-registry/rpcs';
import { asTenant, problemOf, runRegistry, type RunningRegistry } from '../support/running-registry.js';

let registry: RunningRegistry;
let tenant: ReturnType<typeof asTenant>;
let neighbour: ReturnType<typeof asTenant>;

beforeAll(async () => {
  registry = await runRegistry();
});
afterAll(() => registry?.stop());
beforeEach(() => {
  tenant = asTenant(registry);
  neighbour = asTenant(registry);
});

const named = (tenantId: string, model: string) => registry.client.ask(findModel, { tenantId, model });

describe('models', () => {
  it('are registered once per training job, also when asked many times at once, each tenant for itself', async () => {
    const trainingJobId = randomUUID();
    const request = await tenant.trained({ trainingJobId });
    const twins = Array.from({ length: 20 }, () => registry.client.ask(registerModel, request));
    const ids = (await Promise.all(twins)).map(({ modelId }) => modelId);
    expect(new Set(ids).size).toBe(1);
    const other = await neighbour.register({ trainingJobId });
    expect(other).not.toBe(ids[0]);
    const created = (await registry.said('evt.model-registry.model-created.v1')) as { modelId: string; trainingJobId: string }[];
    const announced = created.filter((fact) => fact.trainingJobId === trainingJobId).map(({ modelId }) => modelId);
    expect(announced).toEqual([ids[0], other]);
    const { body, etag } = await tenant.read(ids[0] ?? '');
    expect(etag).toBe('1');
    expect(body).toMatchObject({
      training_job_id: trainingJobId,
      is_active: true,
      dataset_deleted: false,
      thresholds: { glitch: 0.5 },
      archived_at: null,
    });
    expect(Object.keys(body.artifacts)).toEqual(expect.arrayContaining(['card', 'manifest', 'onnx']));
  });

  it('are listed by filter, order, page and cursor', async () => {
    const low = await tenant.register({ f1Score: 0.2 });
    const high = await tenant.register({ f1Score: 0.9, artifactTypes: ['glitch', 'long_pause'] });
    const middle = await tenant.register({ f1Score: 0.5 });
    const twin = await tenant.register({ f1Score: 0.5 });
    await tenant.change(low, { is_active: false });
    await neighbour.register();
    const ids = async (query: object) => (await tenant.list(query)).items.map(({ id }) => id);
    expect(await ids({})).toEqual([twin, middle, high, low]);
    expect(await ids({ sort: 'created_at' })).toEqual([low, high, middle, twin]);
    expect(await ids({ sort: '-f1_score' })).toEqual([high, twin, middle, low]);
    expect(await ids({ sort: 'f1_score' })).toEqual([low, middle, twin, high]);
    expect(await ids({ is_active: 'True' })).toEqual([twin, middle, high]);
    expect(await ids({ is_active: '0' })).toEqual([low]);
    expect(await ids({ artifact_type: 'long_pause' })).toEqual([high]);
    expect(await ids({ kind: 'detector', page: '2', page_size: '3' })).toEqual([low]);
    for (const sort of ['created_at', '-created_at', 'f1_score', '-f1_score']) {
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await tenant.list({ sort, page_size: '1', ...(cursor === undefined ? {} : { cursor }) });
        expect(page.total).toBe(4);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.next_cursor;
      }
      expect(seen).toEqual(await ids({ sort }));
    }
    const { next_cursor } = await tenant.list({ page_size: '1' });
    expect(await problemOf(tenant.list({ sort: 'f1_score', cursor: next_cursor }))).toMatchObject({ code: 'validation_failed' });
  });

  it('change by PATCH, under If-Match, and say so', async () => {
    const id = await tenant.register();
    const changed = await tenant.change(
      id,
      { name: 'v2', description: 'Good', thresholds: { glitch: 0.7 }, is_active: false, extra: 1 },
      '1',
    );
    expect(changed).toMatchObject({
      etag: '2',
      body: { name: 'v2', description: 'Good', thresholds: { glitch: 0.7 }, is_active: false },
    });
    expect(await problemOf(tenant.change(id, { name: 'late' }, '1'))).toMatchObject({ code: 'precondition_failed' });
    expect(await problemOf(tenant.change(id, { thresholds: { hum: 0.1 } }))).toMatchObject({
      code: 'validation_failed',
      errors: [{ loc: ['body', 'thresholds', 'hum'] }],
    });
    expect(await tenant.change(id, (await tenant.read(id)).body)).toMatchObject({ etag: '2' });
    expect(await registry.said('evt.model-registry.model-changed.v1')).toContainEqual({
      tenantId: tenant.tenantId,
      modelId: id,
      isActive: false,
    });
    expect(await named(tenant.tenantId, id)).toMatchObject({
      isActive: false,
      thresholds: { glitch: 0.7 },
      manifest: { thresholds: { glitch: 0.5 } },
    });
  });

  it('are found by alias, and an alias moves with its new owner', async () => {
    const [first, second, other] = [await tenant.register(), await tenant.register(), await neighbour.register()];
    await neighbour.change(other, { aliases: ['prod'] });
    await tenant.change(first, { aliases: ['prod', 'best'] });
    expect((await named(tenant.tenantId, 'prod')).modelId).toBe(first);
    await tenant.change(second, { aliases: ['prod'] });
    expect((await named(tenant.tenantId, 'prod')).modelId).toBe(second);
    expect((await tenant.read(first)).body.aliases).toEqual(['best']);
    expect((await named(neighbour.tenantId, 'prod')).modelId).toBe(other);
    await tenant.change(first, { aliases: [] });
    expect(await problemOf(named(tenant.tenantId, 'best'))).toMatchObject({ code: 'model_not_found' });
    expect(await problemOf(named(tenant.tenantId, other))).toMatchObject({ code: 'model_not_found' });
    expect((await named(tenant.tenantId, first.toUpperCase())).modelId).toBe(first);
  });

  it('keep every alias with exactly one owner when two models take them from each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [first, second] = [await tenant.register(), await tenant.register()];
      const aliases = [`a${round}`, `b${round}`];
      await Promise.all([tenant.change(first, { aliases }), tenant.change(second, { aliases: [...aliases].reverse() })]);
      const both = [await tenant.read(first), await tenant.read(second)];
      expect(both.flatMap(({ body }) => body.aliases)).toEqual(aliases);
      // One took them and lost them again, the other took them: three changes, none of them lost.
      expect(both.map(({ etag }) => etag)).toEqual(expect.arrayContaining(['3', '2']));
    }
  });

  it('that are archived stay readable, leave the lists, and take no more changes', async () => {
    const [id, kept] = [await tenant.register(), await tenant.register()];
    await tenant.change(id, { aliases: ['old'] });
    expect(await problemOf(tenant.archive(id, '1'))).toMatchObject({ code: 'precondition_failed' });
    await tenant.archive(id, '2');
    expect((await tenant.read(id)).body.archived_at).not.toBeNull();
    expect((await tenant.list()).items.map((model) => model.id)).toEqual([kept]);
    expect(await problemOf(tenant.archive(id))).toMatchObject({ code: 'model_not_found' });
    expect(await problemOf(tenant.change(id, { name: 'x' }))).toMatchObject({ code: 'model_archived' });
    expect(await named(tenant.tenantId, 'old')).toMatchObject({ modelId: id, isArchived: true });
    expect(await registry.said('evt.model-registry.model-archived.v1')).toContainEqual({
      tenantId: tenant.tenantId,
      modelId: id,
    });
    await tenant.change(kept, { aliases: ['old'] });
    expect((await named(tenant.tenantId, 'old')).modelId).toBe(kept);
  });

  it('are downloaded by reference with their checksum', async () => {
    const id = await tenant.register();
    const { body } = await tenant.download(id, 'onnx');
    expect(body).toMatchObject({
      content_type: 'application/octet-stream',
      filename: `model-${id.slice(-8)}.onnx`,
      size_bytes: 10,
    });
    expect((await registry.blobs.getBytes(body.object_key, 100)).toString()).toBe('model.onnx');
    expect(body.sha256).toBe((await tenant.read(id)).body.artifacts['onnx']?.sha256);
  });

  it('are not reached by a neighbour who knows the id', async () => {
    const id = await tenant.register();
    for (const call of [
      () => neighbour.read(id),
      () => neighbour.change(id, { name: 'mine' }),
      () => neighbour.archive(id),
      () => neighbour.download(id, 'card'),
      () => named(neighbour.tenantId, id),
      () => tenant.read(randomUUID()),
    ])
      expect(await problemOf(call())).toMatchObject({ code: 'model_not_found' });
    expect((await neighbour.list()).total).toBe(0);
    expect((await tenant.read(id)).body).toMatchObject({ name: null, archived_at: null });
  });
});
