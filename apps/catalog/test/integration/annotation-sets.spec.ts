import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DatasetManifest } from '@earmark/contracts';
import { annotationSetDeleted, annotationSetPublished } from '@earmark/contracts/catalog/events';
import { findAnnotationSet, pinAnnotationSet, unpinAnnotationSets } from '@earmark/contracts/catalog/rpcs';
import { catalogRoutes as routes } from '@earmark/contracts/catalog/routes';
import { audioDeleted } from '@earmark/contracts/ingest/events';
import { trainingJobFailed } from '@earmark/contracts/trainer/events';
import { eventually } from '@earmark/testkit';
import { createHash } from 'node:crypto';
import { asTenant, glitchAt, problemOf, runCatalog, type RunningCatalog } from '../support/running-catalog.js';

let catalog: RunningCatalog;
let tenant: ReturnType<typeof asTenant>;
let datasetId: string;
let audio: string;

beforeAll(async () => {
  catalog = await runCatalog();
});
afterAll(() => catalog?.stop());
beforeEach(async () => {
  tenant = asTenant(catalog);
  datasetId = (await tenant.dataset()).id;
  audio = catalog.ingest.add(tenant.tenantId, datasetId);
});

const review = (set: { id: string; dataset_id: string }, audioFileIds: string[]) =>
  catalog.client.call(routes.markReviewed, {
    context: tenant.context,
    params: tenant.setParams(set),
    body: { audio_file_ids: audioFileIds },
  });
const address = (set: { id: string }) => ({ tenantId: tenant.tenantId, datasetId, annotationSetId: set.id });
const manifestOf = async ({ manifest_sha256 }: { manifest_sha256: string | null }) => {
  const bytes = await catalog.blobs.getBytes(`${tenant.tenantId}/manifests/${manifest_sha256}.json`, 1e8);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest_sha256);
  return DatasetManifest.parse(JSON.parse(bytes.toString()));
};

describe('annotation sets', () => {
  it('are numbered without gaps or doubles, also when many are created at once', async () => {
    const created = await Promise.all(Array.from({ length: 8 }, () => tenant.draft(datasetId)));
    expect(created.map(({ version }) => version).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const list = (query: object) =>
      catalog.client
        .call(routes.listAnnotationSets, { context: tenant.context, params: { dataset_id: datasetId }, query })
        .then(({ body }) => body);
    const head = await list({ page_size: '3' });
    expect(head.items.map(({ version }) => version)).toEqual([8, 7, 6]);
    expect((await list({ cursor: head.next_cursor })).items.map(({ version }) => version)).toEqual([5, 4, 3, 2, 1]);
    await tenant.deleteSet({ id: created.find(({ version }) => version === 8)?.id ?? '', dataset_id: datasetId });
    expect((await tenant.draft(datasetId)).version).toBe(9);
    expect((await list({})).total).toBe(8);
  });

  it('copy another with its reviewed marks, in its order', async () => {
    const draft = await tenant.draft(datasetId);
    const original = (await tenant.addAll(draft, [glitchAt(audio, 500), glitchAt(audio, 0)])).annotations;
    await review(draft, [audio]);
    await tenant.publish(draft);
    const copy = await tenant.draft(datasetId, draft.id);
    expect(copy).toMatchObject({ version: 2, status: 'draft', total_annotations: 2, published_at: null, manifest_sha256: null });
    const { annotations } = (await tenant.set(copy)).body;
    expect(annotations.map(({ start_ms }) => start_ms)).toEqual([500, 0]);
    expect(annotations.some(({ id }) => original.some((old) => old.id === id))).toBe(false);
    const { rows } = await catalog.database.query('SELECT 1 FROM reviewed_file WHERE annotation_set_id = $1', [copy.id]);
    expect(rows).toHaveLength(1);
    expect(await problemOf(tenant.draft(datasetId, randomUUID()))).toMatchObject({ code: 'annotation_set_not_found' });
  });

  it('freeze files and annotations when they are published', async () => {
    const clean = catalog.ingest.add(tenant.tenantId, datasetId, { durationMs: null, status: 'pending' });
    catalog.ingest.file(audio).speaker = 'ann';
    const draft = await tenant.draft(datasetId);
    await tenant.addAll(draft, [glitchAt(audio, 500), { ...glitchAt(audio, 0), confidence: 0.5 }]);
    const published = await tenant.publish(draft);
    expect(published).toMatchObject({ status: 'published', total_annotations: 2, total_positive_duration_ms: 200 });
    expect(published.published_at).not.toBeNull();
    const manifest = await manifestOf(published);
    expect(manifest).toMatchObject({ tenantId: tenant.tenantId, datasetId, annotationSetId: draft.id, annotationSetVersion: 1 });
    expect(new Map(manifest.files.map((file) => [file.audioFileId, [file.group, file.annotations.length]]))).toEqual(
      new Map<string, unknown>([
        [audio, ['speaker:ann', 2]],
        [clean, [null, 0]],
      ]),
    );
    const key = `${tenant.tenantId}/manifests/${published.manifest_sha256}.json`;
    const said = (await catalog.said(annotationSetPublished.subject)).map((payload) =>
      annotationSetPublished.payload.parse(payload),
    );
    expect(said.filter((payload) => payload.annotationSetId === draft.id)).toMatchObject([
      { annotationCount: 2, fileCount: 2, manifest: { key, sha256: published.manifest_sha256 } },
    ]);
    expect(await catalog.client.ask(findAnnotationSet, address(draft))).toMatchObject({
      status: 'published',
      manifest: { key },
      annotationsByType: { glitch: 2 },
      datasetArtifactTypes: ['glitch', 'long_pause'],
    });
    expect([audio, clean, randomUUID()].map((file) => catalog.ingest.pinnedBy(file))).toEqual([[draft.id], [draft.id], []]);
  });

  it('leave out files that are neither annotated nor reviewed once a file is marked', async () => {
    const [reviewed, unseen] = [
      catalog.ingest.add(tenant.tenantId, datasetId),
      catalog.ingest.add(tenant.tenantId, datasetId, { status: 'failed' }),
    ];
    const draft = await tenant.draft(datasetId);
    await tenant.add(draft, glitchAt(audio, 0));
    expect((await review(draft, [reviewed, reviewed])).body).toEqual({ reviewed: 1 });
    expect(await problemOf(review(draft, [reviewed, randomUUID()]))).toMatchObject({
      code: 'validation_failed',
      errors: [{ loc: ['body', 'audio_file_ids', 1] }],
    });
    const { files } = await manifestOf(await tenant.publish(draft));
    expect(files.map((file) => file.audioFileId).sort()).toEqual([audio, reviewed].sort());
    expect(catalog.ingest.pinnedBy(unseen)).toEqual([]);
  });

  it('are not published when they are empty, or files failed, or annotations reach too far', async () => {
    const draft = await tenant.draft(datasetId);
    expect(await problemOf(tenant.publish(draft))).toMatchObject({ code: 'annotation_set_empty' });
    const unknown = catalog.ingest.add(tenant.tenantId, datasetId, { durationMs: null, status: 'normalizing' });
    const late = await tenant.add(draft, glitchAt(unknown, 5_000));
    const failed = catalog.ingest.add(tenant.tenantId, datasetId, { status: 'failed', errorMessage: 'The file is not audio.' });
    const refused = await problemOf(tenant.publish(draft));
    expect(refused).toMatchObject({ code: 'audio_failed', errors: [{ loc: ['audio', failed] }] });
    expect(refused.detail).toContain('The file is not audio.');
    catalog.ingest.remove(failed);
    Object.assign(catalog.ingest.file(unknown), { durationMs: 5_099, status: 'ready' });
    expect(await problemOf(tenant.publish(draft))).toMatchObject({
      code: 'annotations_out_of_range',
      errors: [{ loc: ['annotations', late.id] }],
    });
    expect((await tenant.set(draft)).body).toMatchObject({ status: 'draft', manifest_sha256: null });
    expect(catalog.ingest.pinnedBy(audio)).toEqual([]);
    Object.assign(catalog.ingest.file(unknown), { durationMs: 5_100 });
    expect(await tenant.publish(draft)).toMatchObject({ status: 'published' });
  });

  it('honour If-Match, and every annotation counts as a change', async () => {
    const draft = await tenant.draft(datasetId);
    const { etag } = await tenant.set(draft);
    await tenant.add(draft, glitchAt(audio, 0));
    const params = tenant.setParams(draft);
    const publish = (ifMatch: string | null) =>
      catalog.client.call(routes.publishAnnotationSet, { context: { ...tenant.context, ifMatch }, params });
    expect(await problemOf(publish(etag))).toMatchObject({ code: 'precondition_failed' });
    const current = (await tenant.set(draft)).etag;
    expect((await publish(current)).etag).toBe(String(Number(current) + 1));
  });

  it('cannot be deleted while training jobs refer to them; a second DELETE is 404', async () => {
    const draft = await tenant.draft(datasetId);
    await tenant.add(draft, glitchAt(audio, 0));
    await tenant.publish(draft);
    const [job, failed] = [randomUUID(), randomUUID()];
    const pin = (id: string) => catalog.client.ask(pinAnnotationSet, { ...address(draft), holder: { kind: 'training-job', id } });
    for (const id of [job, job, failed]) await pin(id);
    const problem = await problemOf(tenant.deleteSet(draft));
    expect(problem).toMatchObject({ code: 'annotation_set_in_use' });
    for (const id of [job, failed]) expect(problem.detail).toContain(`training-job ${id}`);
    await catalog.publish([
      trainingJobFailed.fact({ ...trainingJobFailed.example, tenantId: tenant.tenantId, trainingJobId: failed }),
    ]);
    await eventually(async () => expect((await problemOf(tenant.deleteSet(draft))).detail).not.toContain(failed));
    const holder = { kind: 'training-job', id: job };
    await catalog.client.ask(unpinAnnotationSets, { tenantId: tenant.tenantId, holder });
    await tenant.deleteSet(draft);
    const deleted = (await catalog.said(annotationSetDeleted.subject)) as { annotationSetId: string }[];
    expect(deleted.map((payload) => payload.annotationSetId)).toContain(draft.id);
    expect(await problemOf(pin(job))).toMatchObject({ code: 'annotation_set_not_found' });
    expect(await problemOf(tenant.deleteSet(draft))).toMatchObject({ code: 'annotation_set_not_found' });
    expect(await problemOf(catalog.client.ask(findAnnotationSet, address(draft)))).toMatchObject({
      code: 'annotation_set_not_found',
    });
  });

  it('take every annotation that was added before publishing, and none after, when both happen at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const draft = await tenant.draft(datasetId);
      await tenant.add(draft, glitchAt(audio, 0));
      const writers = Array.from({ length: 12 }, (_, index) =>
        tenant.addAll(draft, [glitchAt(audio, 100 + index), glitchAt(audio, 200 + index)]).then(
          ({ created }) => created,
          (error: unknown) => {
            expect(error).toMatchObject({ code: 'annotation_set_published' });
            return 0;
          },
        ),
      );
      const publishers = [tenant.publish(draft), tenant.publish(draft)].map((publish) =>
        publish.catch((error: unknown) => error),
      );
      const added = (await Promise.all(writers)).reduce((sum, count) => sum + count, 1);
      const outcomes = await Promise.all(publishers);
      expect(outcomes.filter((outcome) => !(outcome instanceof Error))).toHaveLength(1);
      const { body } = await tenant.set(draft);
      expect(body.total_annotations).toBe(added);
      const { files } = await manifestOf(body);
      expect(files.flatMap((file) => file.annotations)).toHaveLength(added);
    }
    expect(catalog.ingest.pinnedBy(audio)).toHaveLength(5);
  });

  it('forget deleted audio in drafts, keep what is published, and publish without what is gone', async () => {
    const gone = catalog.ingest.add(tenant.tenantId, datasetId);
    const published = await tenant.draft(datasetId);
    await tenant.addAll(published, [glitchAt(audio, 0), glitchAt(gone, 0)]);
    await tenant.publish(published);
    const [heard, unheard] = [await tenant.draft(datasetId, published.id), await tenant.draft(datasetId)];
    await tenant.addAll(unheard, [glitchAt(audio, 7)]);
    await review(heard, [gone]);
    const identity = { tenantId: tenant.tenantId, purpose: 'dataset', datasetId } as const;
    catalog.ingest.remove(gone);
    await catalog.publish([audioDeleted.fact({ ...identity, audioFileId: gone })]);
    await eventually(async () => expect((await tenant.set(heard)).body.total_annotations).toBe(1));
    const { rows } = await catalog.database.query('SELECT 1 FROM reviewed_file WHERE annotation_set_id = $1', [heard.id]);
    expect(rows).toHaveLength(0);
    expect((await tenant.set(published)).body.total_annotations).toBe(2);
    expect((await tenant.set(unheard)).body.total_annotations).toBe(1);

    const vanishing = catalog.ingest.add(tenant.tenantId, datasetId);
    await tenant.add(unheard, glitchAt(vanishing, 0));
    catalog.ingest.remove(vanishing); // and its event is late
    expect((await tenant.publish(unheard)).total_annotations).toBe(1);
  });

  it('do not name a file that is deleted while they are published', async () => {
    const [kept, deleted] = [catalog.ingest.add(tenant.tenantId, datasetId), catalog.ingest.add(tenant.tenantId, datasetId)];
    const draft = await tenant.draft(datasetId);
    await tenant.add(draft, glitchAt(kept, 0));
    // The deletion comes after the list and before the pins.
    const list = catalog.ingest.beforeListed;
    catalog.ingest.beforeListed = () => {
      catalog.ingest.beforeListed = list;
      setImmediate(() => catalog.ingest.remove(deleted));
    };
    const { files } = await manifestOf(await tenant.publish(draft));
    expect(files.map((file) => file.audioFileId)).toContain(kept);
    for (const file of files) expect(catalog.ingest.pinnedBy(file.audioFileId)).toContain(draft.id);
    expect(files.map((file) => file.audioFileId)).not.toContain(deleted);
  });

  it('keep nothing pinned when publishing is refused at the last moment', async () => {
    const file = catalog.ingest.add(tenant.tenantId, datasetId);
    const draft = await tenant.draft(datasetId);
    await tenant.add(draft, glitchAt(file, 0));
    catalog.ingest.afterPin = () => {
      catalog.ingest.afterPin = () => undefined;
      Object.assign(catalog.ingest.file(file), { status: 'failed', errorMessage: 'Broken.' });
    };
    expect(await problemOf(tenant.publish(draft))).toMatchObject({ code: 'audio_failed' });
    expect(catalog.ingest.pinnedBy(file)).toEqual([]);
    catalog.ingest.remove(file);
  });
});
