const RECOMMENDED_NAME = /^[a-z][a-z0-9_]*$/;

/** A kind of artifact that can be marked in a dataset; names are unique in the dataset and compared exactly. */
export interface ArtifactType {
  readonly name: string;
  readonly description: string | null;
  /** `#RRGGBB`. */
  readonly color: string;
}

/** The names, in the dataset's order. */
export function namesOf(types: readonly ArtifactType[]): string[] {
  return types.map((type) => type.name);
}

/** One sentence per name that is accepted but not of the recommended form `^[a-z][a-z0-9_]*$`. */
export function namingWarnings(types: readonly ArtifactType[]): string[] {
  return namesOf(types)
    .filter((name) => !RECOMMENDED_NAME.test(name))
    .map(
      (name) => `Artifact type "${name}" is not in the recommended form ^[a-z][a-z0-9_]*$; some export formats will quote it.`,
    );
}

/** Names that were there before and are no longer. */
export function removedNames(before: readonly ArtifactType[], after: readonly ArtifactType[]): string[] {
  const kept = new Set(namesOf(after));
  return namesOf(before).filter((name) => !kept.has(name));
}

/** What removing artifact types did to the dataset's annotation sets, as sentences for the client. */
export function removalWarnings(removed: readonly string[], effect: { invalidated: number; staleSets: number }): string[] {
  if (removed.length === 0) return [];
  const names = removed.map((name) => `"${name}"`).join(', ');
  const warnings = [`Removed from the dataset: ${names}.`];
  if (effect.invalidated > 0)
    warnings.push(`${effect.invalidated} annotation(s) in drafts are now invalid and will not be published.`);
  if (effect.staleSets > 0)
    warnings.push(`${effect.staleSets} published annotation set(s) are now stale; their manifests stay as they are.`);
  return warnings;
}
