import type { Clock } from '@earmark/service-kit';
import { refuseErrors, unknownFile } from '../domain/annotation.js';
import type { AnnotationSetStore, AudioDirectory, DatasetStore, SetAddress, Transactions } from '../ports.js';
import { lockDraft, requireDraftAt } from './lock-draft.js';

interface Ports {
  readonly datasets: DatasetStore;
  readonly sets: AnnotationSetStore;
  readonly audio: AudioDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Marks files of a draft as fully reviewed; marking again is fine. */
export class MarkReviewed {
  constructor(private readonly ports: Ports) {}

  /** Answers how many different files the request marked. */
  async execute(address: SetAddress, audioFileIds: readonly string[]): Promise<number> {
    const { sets, audio, transactions, clock } = this.ports;
    await requireDraftAt(this.ports, address);
    const ids = [...new Set(audioFileIds)];
    const files = await audio.find(address.tenantId, address.datasetId, ids);
    const errors = audioFileIds.flatMap((id, index) => (files.has(id) ? [] : [unknownFile(['body', 'audio_file_ids', index])]));
    refuseErrors(errors, audioFileIds.length);
    await transactions.transaction(async () => {
      await lockDraft(this.ports, address);
      await sets.markReviewed(address, ids, clock.now());
    });
    return ids.length;
  }
}
