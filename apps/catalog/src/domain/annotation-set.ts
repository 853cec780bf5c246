import { Problem, transition, type AnnotationSetStatus, type ObjectRef, type Transition } from '@earmark/contracts';
import { annotationSetDeleted, annotationSetPublished } from '@earmark/contracts/catalog/events';

export interface AnnotationSet {
  readonly id: string;
  readonly tenantId: string;
  readonly datasetId: string;
  /** Number within the dataset, from 1; never given twice. */
  readonly version: number;
  readonly status: AnnotationSetStatus;
  /** Optimistic lock and ETag; every write to the set's annotations counts. */
  readonly rowVersion: number;
  /** Published, and the dataset no longer has one of `publishedTypes`. */
  readonly isStale: boolean;
  /** Artifact types of the manifest; empty for drafts. */
  readonly publishedTypes: readonly string[];
  readonly manifest: ObjectRef | null;
  readonly createdAt: Date;
  readonly publishedAt: Date | null;
  readonly deletedAt: Date | null;
}

/** Figures over the valid annotations of a set. */
export interface SetTotals {
  readonly totalAnnotations: number;
  /** Sum of the lengths of the annotations; overlapping ones count each. */
  readonly totalPositiveDurationMs: number;
  readonly annotationsByType: Readonly<Record<string, number>>;
}

export const emptyTotals: SetTotals = { totalAnnotations: 0, totalPositiveDurationMs: 0, annotationsByType: {} };

/** A new, empty draft. */
export function createDraft(
  place: { tenantId: string; datasetId: string; version: number },
  { id, at }: { id: string; at: Date },
): Transition<AnnotationSet> {
  return transition<AnnotationSet>({
    ...place,
    id,
    status: 'draft',
    rowVersion: 1,
    isStale: false,
    publishedTypes: [],
    manifest: null,
    createdAt: at,
    publishedAt: null,
    deletedAt: null,
  });
}

/** Refuses a published set; throws annotation_set_published. */
export function requireDraft(set: AnnotationSet): void {
  if (set.status === 'draft') return;
  throw new Problem(
    'annotation_set_published',
    'The annotation set is published and cannot change any more; create a draft with copy_from to go on.',
  );
}

/** What publishing froze. */
export interface Frozen {
  readonly manifest: ObjectRef;
  readonly artifactTypes: readonly string[];
  readonly annotationCount: number;
  readonly fileCount: number;
}

/** The published set: one-way. Throws annotation_set_published for a set that already is. */
export function publishSet(draft: AnnotationSet, frozen: Frozen, at: Date): Transition<AnnotationSet> {
  requireDraft(draft);
  const next: AnnotationSet = {
    ...draft,
    status: 'published',
    rowVersion: draft.rowVersion + 1,
    publishedTypes: frozen.artifactTypes,
    manifest: frozen.manifest,
    publishedAt: at,
  };
  const fact = annotationSetPublished.fact({
    tenantId: next.tenantId,
    datasetId: next.datasetId,
    annotationSetId: next.id,
    annotationSetVersion: next.version,
    manifest: frozen.manifest,
    annotationCount: frozen.annotationCount,
    fileCount: frozen.fileCount,
  });
  return transition(next, [fact]);
}

/** The tombstone of a set; its number stays taken. */
export function deleteSet(set: AnnotationSet, at: Date): Transition<AnnotationSet> {
  const { tenantId, datasetId, id } = set;
  const deleted = annotationSetDeleted.fact({ tenantId, datasetId, annotationSetId: id });
  return transition({ ...set, rowVersion: set.rowVersion + 1, deletedAt: at }, [deleted]);
}
