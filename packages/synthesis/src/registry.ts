import type { ArtifactKind } from './artifact-kind.js';
import { echoKinds } from './echo.js';
import { glitchKinds } from './glitch.js';
import { hallucinationKinds } from './hallucination.js';
import { longPauseKinds } from './long-pause.js';

/** Every kind there is; a new family is one more line here, a new kind is one more entry in its family's file. */
export const artifactKinds: readonly ArtifactKind[] = [...glitchKinds, ...longPauseKinds, ...echoKinds, ...hallucinationKinds];

/**
 * The kinds that the names stand for: a name is a kind (`click`) or an artifact type (`glitch`, all its kinds).
 * @throws RangeError on an unknown name
 */
export function kindsNamed(names: readonly string[]): ArtifactKind[] {
  const unknown = names.filter((name) => !artifactKinds.some((known) => known.kind === name || known.artifactType === name));
  if (unknown.length > 0) throw new RangeError(`no artifact kind or type is called ${unknown.join(', ')}`);
  return artifactKinds.filter(({ kind, artifactType }) => names.includes(kind) || names.includes(artifactType));
}
