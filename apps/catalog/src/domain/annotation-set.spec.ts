import { describe, expect, it } from '@jest/globals';
import { exampleIds } from '@earmark/contracts';
import { annotationSetPublished } from '@earmark/contracts/catalog/events';
import { createDraft, deleteSet, publishSet, requireDraft } from './annotation-set.js';

const at = new Date('2026-11-20T10:00:00.000Z');
const later = new Date('2026-11-20T11:00:00.000Z');
const { tenantId, datasetId, annotationSetId, sha256 } = exampleIds;
const draft = createDraft({ tenantId, datasetId, version: 3 }, { id: annotationSetId, at }).next;
const frozen = {
  manifest: { key: `${tenantId}/manifests/${sha256}.json`, sha256, sizeBytes: 10 },
  artifactTypes: ['glitch'],
  annotationCount: 4,
  fileCount: 2,
};

describe('an annotation set', () => {
  it('is published once, with its manifest', () => {
    const { next, facts } = publishSet(draft, frozen, later);
    expect(next).toMatchObject({
      status: 'published',
      rowVersion: 2,
      version: 3,
      publishedTypes: ['glitch'],
      publishedAt: later,
    });
    expect(next.manifest).toEqual(frozen.manifest);
    expect(facts.map((fact) => annotationSetPublished.payload.parse(fact.payload))).toMatchObject([
      { annotationSetVersion: 3, annotationCount: 4, fileCount: 2 },
    ]);
    expect(() => publishSet(next, frozen, later)).toThrow(expect.objectContaining({ code: 'annotation_set_published' }));
  });

  it('takes changes as a draft only', () => {
    expect(() => requireDraft(draft)).not.toThrow();
    expect(() => requireDraft({ ...draft, status: 'published' })).toThrow(
      expect.objectContaining({ code: 'annotation_set_published' }),
    );
  });

  it('keeps its number when it is deleted', () => {
    expect(deleteSet(draft, later).next).toMatchObject({ version: 3, rowVersion: 2, deletedAt: later });
  });
});
