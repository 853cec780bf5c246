import type { SetTotals } from '../domain/annotation-set.js';

/** Figures of one artifact type in one set, as the database sums them. */
export interface TotalsRow {
  readonly setId: string;
  readonly artifactType: string;
  readonly count: bigint;
  readonly durationMs: bigint;
}

/** The figures of each set. */
export function totalsOf(rows: readonly TotalsRow[]): Map<string, SetTotals> {
  const bySet = new Map<string, SetTotals>();
  for (const row of rows) bySet.set(row.setId, plus(bySet.get(row.setId), row));
  return bySet;
}

function plus(totals: SetTotals | undefined, row: TotalsRow): SetTotals {
  const count = Number(row.count);
  return {
    totalAnnotations: (totals?.totalAnnotations ?? 0) + count,
    totalPositiveDurationMs: (totals?.totalPositiveDurationMs ?? 0) + Number(row.durationMs),
    annotationsByType: { ...totals?.annotationsByType, [row.artifactType]: count },
  };
}
