import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import {
  asTenant,
  glitchAt,
  problemOf,
  runCatalog,
  type NewAnnotation,
  type RunningCatalog,
} from '../support/running-catalog.js';

let catalog: RunningCatalog;
let tenant: ReturnType<typeof asTenant>;
let draft: { id: string; dataset_id: string };
let audio: string;

beforeAll(async () => {
  catalog = await runCatalog();
});
afterAll(() => catalog?.stop());
beforeEach(async () => {
  tenant = asTenant(catalog);
  draft = await tenant.draft((await tenant.dataset()).id);
  audio = catalog.ingest.add(tenant.tenantId, draft.dataset_id);
});

const list = async (query: object = {}, set = draft) =>
  (await catalog.client.call(routes.listAnnotations, { context: tenant.context, params: tenant.setParams(set), query })).body;
const change = (id: string, body: object, set = draft) =>
  catalog.client.call(routes.changeAnnotation, {
    context: tenant.context,
    params: { ...tenant.setParams(set), annotation_id: id },
    body,
  });
const remove = (id: string, set = draft) =>
  catalog.client.call(routes.deleteAnnotation, {
    context: tenant.context,
    params: { ...tenant.setParams(set), annotation_id: id },
  });

describe('annotations', () => {
  it('are added with defaults and counted by the database', async () => {
    const added = await tenant.add(draft, { ...glitchAt(audio, 500), extra_data: { speaker: 'ann', note: 7 } });
    expect(added).toMatchObject({
      annotation_set_id: draft.id,
      confidence: 1,
      is_valid: true,
      extra_data: { speaker: 'ann', note: 7 },
    });
    const plain = await tenant.add(draft, { ...glitchAt(audio, 550), artifact_type: 'long_pause', confidence: 0.25 });
    expect(plain).toMatchObject({ extra_data: null, confidence: 0.25 });
    const { body, etag } = await tenant.set(draft);
    expect(body).toMatchObject({
      total_annotations: 2,
      total_positive_duration_ms: 200,
      annotations_by_type: { glitch: 1, long_pause: 1 },
      annotations_next_cursor: null,
    });
    expect(body.annotations).toEqual([added, plain]);
    expect(etag).toBe('3');
  });

  it('in bulk are all or none, and every wrong value is named by its index', async () => {
    const deleted = catalog.ingest.add(tenant.tenantId, draft.dataset_id);
    catalog.ingest.remove(deleted);
    const elsewhere = catalog.ingest.add(tenant.tenantId, randomUUID());
    const foreign = catalog.ingest.add(randomUUID(), draft.dataset_id);
    const problem = await problemOf(
      tenant.addAll(draft, [
        glitchAt(audio, 0),
        { ...glitchAt(audio, 0), artifact_type: 'hum' },
        glitchAt(audio, 59_901),
        glitchAt(deleted, 0),
        { ...glitchAt(elsewhere, 0), artifact_type: 'hum' },
        glitchAt(foreign, 0),
        glitchAt(audio, 59_900),
      ]),
    );
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map(({ loc }) => loc.slice(2))).toEqual([
      [1, 'artifact_type'],
      [2, 'end_ms'],
      [3, 'audio_file_id'],
      [4, 'audio_file_id'],
      [4, 'artifact_type'],
      [5, 'audio_file_id'],
    ]);
    expect(problem.errors.every(({ loc }) => loc[0] === 'body' && loc[1] === 'annotations')).toBe(true);
    const shape = await problemOf(tenant.addAll(draft, [glitchAt(audio, 0), { ...glitchAt(audio, 100), end_ms: 100 }]));
    expect(shape.errors.map(({ loc }) => loc)).toEqual([['body', 'annotations', 1, 'end_ms']]);
    expect((await list()).total).toBe(0);
  });

  it('one by one name the place without an index', async () => {
    const problem = await problemOf(tenant.add(draft, glitchAt(randomUUID(), 0)));
    expect(problem.errors.map(({ loc }) => loc)).toEqual([['body', 'audio_file_id']]);
  });

  it('are accepted beyond the end as long as the duration is not known', async () => {
    const unknown = catalog.ingest.add(tenant.tenantId, draft.dataset_id, { status: 'normalizing', durationMs: null });
    await tenant.add(draft, glitchAt(unknown, 500_000));
    expect((await list()).total).toBe(1);
  });

  it('come 10,000 at once over many files, in order, and the detail leads on by cursor', async () => {
    const files = Array.from({ length: 1500 }, () => catalog.ingest.add(tenant.tenantId, draft.dataset_id));
    const marks = Array.from({ length: 10_000 }, (_, index): NewAnnotation => glitchAt(files[index % 1500] ?? '', index));
    const answer = await tenant.addAll(draft, marks);
    expect(answer.created).toBe(10_000);
    expect(answer.annotations.map(({ start_ms }) => start_ms)).toEqual(marks.map(({ start_ms }) => start_ms));
    await tenant.addAll(draft, [glitchAt(audio, 1), glitchAt(audio, 2)]);
    const { body } = await tenant.set(draft);
    expect(body.total_annotations).toBe(10_002);
    expect(body.annotations.slice(0, 10_000)).toEqual(answer.annotations);
    expect(body.annotations).toHaveLength(10_000);
    const rest = await list({ cursor: body.annotations_next_cursor });
    expect(rest.items.map(({ start_ms }) => start_ms)).toEqual([1, 2]);
    expect(rest).toMatchObject({ total: 10_002, next_cursor: null });
    expect(await problemOf(tenant.addAll(draft, [...marks, glitchAt(audio, 0)]))).toMatchObject({ code: 'validation_failed' });
    await tenant.publish(draft); // which asks ingest for more than one page of files
    const { rowCount } = await catalog.database.query('SELECT 1 FROM published_file WHERE annotation_set_id = $1', [draft.id]);
    expect(rowCount).toBe(1501);
  });

  it('are listed by file, type, page and cursor', async () => {
    const second = catalog.ingest.add(tenant.tenantId, draft.dataset_id);
    await tenant.addAll(draft, [
      glitchAt(audio, 0),
      glitchAt(second, 1),
      { ...glitchAt(second, 2), artifact_type: 'long_pause' },
    ]);
    const starts = async (query: object) => (await list(query)).items.map(({ start_ms }) => start_ms);
    expect(await starts({})).toEqual([0, 1, 2]);
    expect(await starts({ audio_file_id: second })).toEqual([1, 2]);
    expect(await starts({ audio_file_id: second, artifact_type: 'glitch' })).toEqual([1]);
    expect(await starts({ page: '2', page_size: '2' })).toEqual([2]);
    const { next_cursor } = await list({ page_size: '1' });
    expect(await starts({ cursor: next_cursor })).toEqual([1, 2]);
    expect(await problemOf(list({ cursor: 'made-up' }))).toMatchObject({ code: 'validation_failed' });
  });

  it('with a lot of extra_data never exceed a message', async () => {
    const note = 'x'.repeat(16_000);
    for (let block = 0; block < 2; block += 1)
      await tenant.addAll(
        draft,
        Array.from({ length: 250 }, (_, index) => ({ ...glitchAt(audio, block * 250 + index), extra_data: { note } })),
      );
    const all = Array.from({ length: 500 }, (_, index) => index);
    const rest = async (seen: number[], from: string | null): Promise<number[]> => {
      for (let cursor = from; cursor !== null;) {
        const next = await list({ cursor });
        seen.push(...next.items.map(({ start_ms }) => start_ms));
        cursor = next.next_cursor;
      }
      return seen;
    };
    // The gateway asks on until the page is whole; one message holds some of it.
    const { items, next_cursor } = await list();
    expect(items.length).toBeLessThan(500);
    expect(
      await rest(
        items.map(({ start_ms }) => start_ms),
        next_cursor,
      ),
    ).toEqual(all);
    const { body } = await tenant.set(draft);
    expect(
      await rest(
        body.annotations.map(({ start_ms }) => start_ms),
        body.annotations_next_cursor,
      ),
    ).toEqual(all);
  });

  it('of a draft can be changed and deleted', async () => {
    const [first, second] = (await tenant.addAll(draft, [glitchAt(audio, 0), glitchAt(audio, 500)])).annotations;
    const id = first?.id ?? '';
    const changed = await change(id, { end_ms: 60_000, confidence: 0.5, extra_data: { a: 1 } });
    expect(changed.body).toEqual({ ...first, end_ms: 60_000, confidence: 0.5, extra_data: { a: 1 } });
    expect((await change(id, { extra_data: null, artifact_type: 'long_pause' })).body).toMatchObject({
      extra_data: null,
      artifact_type: 'long_pause',
    });
    for (const [body, field] of [
      [{ end_ms: 60_001 }, 'end_ms'],
      [{ start_ms: 60_000 }, 'end_ms'],
      [{ artifact_type: 'hum' }, 'artifact_type'],
    ] as const)
      expect(await problemOf(change(id, body))).toMatchObject({ code: 'validation_failed', errors: [{ loc: ['body', field] }] });
    await remove(id);
    expect(await problemOf(remove(id))).toMatchObject({ code: 'annotation_not_found' });
    expect(await problemOf(change(id, { confidence: 1 }))).toMatchObject({ code: 'annotation_not_found' });
    expect((await list()).items).toEqual([second]);
  });

  it('of a published set cannot change', async () => {
    const { id } = await tenant.add(draft, glitchAt(audio, 0));
    await tenant.publish(draft);
    const review = { context: tenant.context, params: tenant.setParams(draft), body: { audio_file_ids: [audio] } };
    for (const call of [
      () => tenant.add(draft, glitchAt(audio, 0)),
      () => tenant.addAll(draft, [glitchAt(audio, 0)]),
      () => change(id, { confidence: 0 }),
      () => remove(id),
      () => tenant.publish(draft),
      () => catalog.client.call(routes.markReviewed, review),
    ])
      expect(await problemOf(call())).toMatchObject({ code: 'annotation_set_published' });
    expect((await list()).items).toMatchObject([{ id, confidence: 1 }]);
  });

  it('are not reached by a neighbour who knows every id', async () => {
    const annotation = await tenant.add(draft, glitchAt(audio, 0));
    const neighbour = asTenant(catalog);
    const own = await neighbour.draft((await neighbour.dataset()).id);
    const { context } = neighbour;
    const mixed = { dataset_id: own.dataset_id, annotation_set_id: draft.id };
    const crossed = { ...tenant.setParams(draft), annotation_id: annotation.id };
    for (const [call, code] of [
      [() => neighbour.set(draft), 'dataset_not_found'],
      [() => neighbour.addAll(draft, [glitchAt(audio, 0)]), 'dataset_not_found'],
      [() => neighbour.publish(draft), 'dataset_not_found'],
      [() => neighbour.deleteSet(draft), 'dataset_not_found'],
      [() => neighbour.draft(draft.dataset_id), 'dataset_not_found'],
      [() => neighbour.draft(own.dataset_id, draft.id), 'annotation_set_not_found'],
      [() => catalog.client.call(routes.readAnnotationSet, { context, params: mixed }), 'annotation_set_not_found'],
      [
        () => catalog.client.call(routes.changeAnnotation, { context, params: crossed, body: { confidence: 0 } }),
        'dataset_not_found',
      ],
      [
        () =>
          catalog.client.call(routes.deleteAnnotation, {
            context,
            params: { ...neighbour.setParams(own), annotation_id: annotation.id },
          }),
        'annotation_not_found',
      ],
      [() => neighbour.add(own, glitchAt(audio, 0)), 'validation_failed'],
    ] as const)
      expect(await problemOf(call())).toMatchObject({ code });
    expect((await list()).items).toEqual([annotation]);
  });

  it('are added once for one idempotency key', async () => {
    const call = {
      context: { ...tenant.context, idempotencyKey: 'bulk', requestHash: 'c'.repeat(64) },
      params: tenant.setParams(draft),
      body: { annotations: [glitchAt(audio, 0), glitchAt(audio, 200)] },
    };
    const first = await catalog.client.call(routes.createAnnotationsInBulk, call);
    expect((await catalog.client.call(routes.createAnnotationsInBulk, call)).body).toEqual(first.body);
    expect((await list()).total).toBe(2);
  });
});
