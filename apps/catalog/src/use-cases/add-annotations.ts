import type { FieldError } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
import { checkAudio, checkTypes, refuseErrors, type Annotation, type LocationOf, type Mark } from '../domain/annotation.js';
import { namesOf } from '../domain/artifact-type.js';
import type { AnnotationSetStore, AnnotationStore, AudioDirectory, DatasetStore, SetAddress, Transactions } from '../ports.js';
import { lockDraft, requireDraftAt } from './lock-draft.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly annotations: AnnotationStore;
  readonly audio: AudioDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Adds annotations to a draft, all or none; answers them in the order given. */
export class AddAnnotations {
  constructor(private readonly ports: Ports) {}

  async execute(address: SetAddress, marks: readonly Mark[], locationOf: LocationOf): Promise<readonly Annotation[]> {
    await requireDraftAt(this.ports, address);
    // Ingest is asked before anything is held: a slow answer delays this request only.
    const ids = [...new Set(marks.map((mark) => mark.audioFileId))];
    const files = await this.ports.audio.find(address.tenantId, address.datasetId, ids);
    const audioErrors = checkAudio(marks, files, locationOf);
    return this.ports.transactions.transaction(async () => {
      const dataset = await lockDraft(this.ports, address);
      const typeErrors = checkTypes(marks, namesOf(dataset.artifactTypes), locationOf);
      refuseErrors(inRequestOrder([...audioErrors, ...typeErrors]), marks.length);
      const annotations = this.#annotationsOf(address, marks);
      await this.ports.annotations.insert(annotations);
      return annotations;
    });
  }

  #annotationsOf({ tenantId, annotationSetId }: SetAddress, marks: readonly Mark[]): Annotation[] {
    const createdAt = this.ports.clock.now();
    return marks.map((mark) => ({ ...mark, id: this.ports.ids.next(), tenantId, annotationSetId, isValid: true, createdAt }));
  }
}

function inRequestOrder(errors: readonly FieldError[]): FieldError[] {
  const indexOf = ({ loc }: FieldError) => loc.find((part) => typeof part === 'number') ?? 0;
  return [...errors].sort((a, b) => indexOf(a) - indexOf(b));
}
