import { referenceKinds } from '@earmark/contracts';
import { done, type Clock, type Outcome, type Work } from '@earmark/service-kit';
import { deleteAudio } from '../domain/audio-file.js';
import type { AudioFileStore, PinStore, ReferenceStore, ReleasedReference, Transactions } from '../ports.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly pins: PinStore;
  readonly references: ReferenceStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

const BATCH_SIZE = 500;

/** Deletes the files of a released reference, pinned or not, block by block: whoever takes over goes on where another stopped. */
export class DeleteReleased {
  constructor(private readonly ports: Ports) {}

  async execute(reference: ReleasedReference, { signal }: Pick<Work, 'signal'>): Promise<Outcome> {
    for (let deleted = BATCH_SIZE; deleted === BATCH_SIZE;) {
      signal.throwIfAborted();
      deleted = await this.#deleteSome(reference);
    }
    await this.ports.references.markEmptied(reference);
    return done();
  }

  #deleteSome({ tenantId, kind, id }: ReleasedReference): Promise<number> {
    const { files, pins, transactions, clock } = this.ports;
    const reference = kind === referenceKinds.tenant ? null : { kind, id };
    return transactions.transaction(async () => {
      const some = await files.lockSome(tenantId, reference, BATCH_SIZE);
      const ids = some.map((file) => file.id);
      await pins.unpinFiles(tenantId, ids);
      await files.saveAll(some.map((file) => deleteAudio(file, clock.now())));
      return some.length;
    });
  }
}
