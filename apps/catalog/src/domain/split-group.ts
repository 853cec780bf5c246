import { byCodeUnit } from '@earmark/service-kit';

/** Where a file comes from, as its client says. */
export interface Origin {
  readonly audioFileId: string;
  readonly speaker: string | null;
  readonly source: string | null;
}

/**
 * The group of every file that has one: files that share a speaker (or a source, for files without a speaker) belong together,
 * also through a third file, and must not stand on both sides of a split. A group is named by its smallest label.
 */
export function splitGroups(origins: readonly Origin[]): Map<string, string> {
  const labels = labelsByFile(origins);
  const roots = new LabelForest();
  for (const [first, ...others] of labels.values()) for (const other of others) if (first) roots.join(first, other);
  const groups = new Map<string, string>();
  for (const [audioFileId, [first]] of labels) if (first) groups.set(audioFileId, roots.rootOf(first));
  return groups;
}

function labelsByFile(origins: readonly Origin[]): Map<string, Set<string>> {
  const speakers = collect(origins, ({ speaker }) => speaker && `speaker:${speaker}`);
  const sources = collect(origins, ({ source }) => source && `source:${source}`);
  return new Map([...sources, ...speakers]);
}

function collect(origins: readonly Origin[], labelOf: (origin: Origin) => string | null): Map<string, Set<string>> {
  const byFile = new Map<string, Set<string>>();
  for (const origin of origins) {
    const label = labelOf(origin);
    if (!label) continue;
    byFile.set(origin.audioFileId, (byFile.get(origin.audioFileId) ?? new Set()).add(label));
  }
  return byFile;
}

/** Labels that were joined have one root: the smallest of them. */
class LabelForest {
  readonly #parents = new Map<string, string>();

  rootOf(label: string): string {
    let root = label;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    if (root !== label) this.#parents.set(label, root);
    return root;
  }

  join(a: string, b: string): void {
    const [smaller, larger] = [this.rootOf(a), this.rootOf(b)].sort(byCodeUnit);
    if (smaller !== undefined && larger !== undefined && smaller !== larger) this.#parents.set(larger, smaller);
  }
}
