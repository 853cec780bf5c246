import { checkAudio, checkInterval, checkTypes, refuseErrors, type Annotation, type MarkChange } from '../domain/annotation.js';
import { namesOf } from '../domain/artifact-type.js';
import type { AnnotationSetStore, AnnotationStore, AudioDirectory, DatasetStore, SetAddress, Transactions } from '../ports.js';
import { annotationNotFound } from './find-or-refuse.js';
import { lockDraft, requireDraftAt } from './lock-draft.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly annotations: AnnotationStore;
  readonly audio: AudioDirectory;
  readonly transactions: Transactions;
}

const inBody = () => ['body'];

/** Changes one annotation of a draft. */
export class ChangeAnnotation {
  constructor(private readonly ports: Ports) {}

  async execute(address: SetAddress, annotationId: string, change: MarkChange): Promise<Annotation> {
    const { annotations, transactions } = this.ports;
    await requireDraftAt(this.ports, address);
    const before = await this.#find(address, annotationId);
    const files = await this.#filesWhenMoved(address, before, change);
    return transactions.transaction(async () => {
      const dataset = await lockDraft(this.ports, address);
      const typeNames = namesOf(dataset.artifactTypes);
      const current = await this.#find(address, annotationId);
      const next = { ...current, ...change };
      const typeErrors = next.artifactType === current.artifactType ? [] : checkTypes([next], typeNames, inBody);
      const audioErrors = files === null ? [] : checkAudio([next], files, inBody);
      refuseErrors([...typeErrors, ...checkInterval(next), ...audioErrors], 1);
      const changed = { ...next, isValid: typeNames.includes(next.artifactType) };
      await annotations.update(changed);
      return changed;
    });
  }

  async #find(address: SetAddress, annotationId: string): Promise<Annotation> {
    const annotation = await this.ports.annotations.find(address, annotationId);
    if (!annotation) throw annotationNotFound();
    return annotation;
  }

  /** The file is asked for only when the end moves: everything else cannot leave its duration. */
  async #filesWhenMoved({ tenantId, datasetId }: SetAddress, annotation: Annotation, change: MarkChange) {
    if (change.endMs === undefined || change.endMs === annotation.endMs) return null;
    return this.ports.audio.find(tenantId, datasetId, [annotation.audioFileId]);
  }
}

/** Removes one annotation of a draft. */
export class DeleteAnnotation {
  constructor(private readonly ports: Omit<Ports, 'audio'>) {}

  async execute(address: SetAddress, annotationId: string): Promise<void> {
    const { annotations, transactions } = this.ports;
    await transactions.transaction(async () => {
      await lockDraft(this.ports, address);
      if (!(await annotations.remove(address, annotationId))) throw annotationNotFound();
    });
  }
}
