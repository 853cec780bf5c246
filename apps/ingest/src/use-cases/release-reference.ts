import type { ReferenceStore, ReleasedReference } from '../ports.js';

/** Takes nothing more for a reference and has its files deleted; deleting many takes a while. */
export class ReleaseReference {
  constructor(private readonly ports: { readonly references: ReferenceStore }) {}

  execute(reference: ReleasedReference): Promise<void> {
    return this.ports.references.release(reference);
  }
}
