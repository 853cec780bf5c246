import { emptyTotals, type AnnotationSet, type SetTotals } from '../domain/annotation-set.js';
import type { AnnotationSetStore } from '../ports.js';

/** A set with the figures over its valid annotations. */
export interface SetSummary {
  readonly set: AnnotationSet;
  readonly totals: SetTotals;
}

/** Adds the totals to sets of one tenant. */
export async function summariseSets(
  sets: Pick<AnnotationSetStore, 'totals'>,
  tenantId: string,
  found: readonly AnnotationSet[],
): Promise<SetSummary[]> {
  if (found.length === 0) return [];
  const ids = found.map((set) => set.id);
  const totals = await sets.totals(tenantId, ids);
  return found.map((set) => ({ set, totals: totals.get(set.id) ?? emptyTotals }));
}
