import type { Dataset } from '../domain/dataset.js';
import type { AudioDirectory, DatasetStore } from '../ports.js';

/** A dataset with what lists and details show beside it. */
export interface DatasetSummary {
  readonly dataset: Dataset;
  /** Confirmed files. */
  readonly audioCount: number;
  readonly annotationSetCount: number;
  /** What the last change did beyond what was asked. */
  readonly warnings: readonly string[];
}

/** Adds the counts to datasets of one tenant; throws service_unavailable when ingest does not answer. */
export async function summarise(
  ports: { datasets: DatasetStore; audio: AudioDirectory },
  tenantId: string,
  datasets: readonly Dataset[],
): Promise<DatasetSummary[]> {
  if (datasets.length === 0) return [];
  const ids = datasets.map((dataset) => dataset.id);
  const [audioCounts, setCounts] = await Promise.all([ports.audio.count(tenantId, ids), ports.datasets.countSets(tenantId, ids)]);
  return datasets.map((dataset) => ({
    dataset,
    audioCount: audioCounts.get(dataset.id) ?? 0,
    annotationSetCount: setCounts.get(dataset.id) ?? 0,
    warnings: [],
  }));
}
