import { derivedId, type IdempotencyLedger, type IdSource } from '@earmark/service-kit';
import type { NewAudio } from '@earmark/contracts/ingest/rpcs';
import type { AudioUploads, DatasetStore } from '../ports.js';
import { requireDataset } from './find-or-refuse.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly uploads: AudioUploads;
  readonly ledger: Pick<IdempotencyLedger, 'claim' | 'release'>;
  readonly ids: IdSource;
}

/** Name of the route that one-call uploads come from, under which its answers are kept. */
export const uploadRoute = 'catalog.upload-audio';

/** Files of a one-call upload that are in storage already. */
export interface OneCallUpload {
  readonly tenantId: string;
  readonly datasetId: string;
  /** The client's idempotency key, and what "the same request" means for it. */
  readonly once: { readonly key: string; readonly bodyHash: string } | null;
  readonly files: readonly Omit<NewAudio, 'audioFileId'>[];
}

export type Taken =
  | { readonly replay: unknown }
  | {
      readonly files: readonly { readonly audioFileId: string; readonly isConfirmed: boolean }[];
      /** Names the claim on the idempotency key. */
      readonly claimedAt: string | null;
    };

/**
 * Reserves the files of a one-call upload. Under an idempotency key their ids are derived from the key, so that a request that comes
 * again after a crash meets the files of the first.
 */
export class TakeUploads {
  constructor(private readonly ports: Ports) {}

  /** Problems: dataset_not_found, idempotency_in_flight, idempotency_key_reused. */
  async execute(upload: OneCallUpload): Promise<Taken> {
    const { tenantId, datasetId, once } = upload;
    requireDataset(await this.ports.datasets.find(tenantId, datasetId));
    if (once === null) return { files: await this.#reserve(upload), claimedAt: null };
    const known = await this.ports.ledger.claim({ tenantId, route: uploadRoute, ...once });
    if ('reply' in known) return { replay: known.reply };
    try {
      return { files: await this.#reserve(upload), claimedAt: known.claim.claimedAt };
    } catch (error) {
      await this.ports.ledger.release(known.claim);
      throw error;
    }
  }

  #reserve({ tenantId, datasetId, once, files }: OneCallUpload) {
    const idOf = (index: number): string =>
      once === null ? this.ports.ids.next() : derivedId(tenantId, uploadRoute, once.key, index);
    const named = files.map((file, index) => ({ ...file, audioFileId: idOf(index) }));
    return this.ports.uploads.reserve(tenantId, datasetId, named);
  }
}
