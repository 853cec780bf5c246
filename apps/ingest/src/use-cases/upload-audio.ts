import type { Clock } from '@earmark/service-kit';
import { confirmAudio, reserveAudio, type AudioFile, type NewAudioFile } from '../domain/audio-file.js';
import type { AudioFileStore, AudioObjects, DatasetDirectory, Ticket, Transactions } from '../ports.js';
import { requireAudio } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly objects: AudioObjects;
  readonly datasets: DatasetDirectory;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Reserves a file and presigns its upload; reserving the same id again answers a ticket for the same file. */
export class ReserveUpload {
  constructor(private readonly ports: Ports) {}

  async execute(parts: NewAudioFile): Promise<{ file: AudioFile; ticket: Ticket }> {
    const { files, objects, datasets, clock } = this.ports;
    if (parts.datasetId !== null) await datasets.require(parts.tenantId, parts.datasetId);
    const known = await files.find(parts.tenantId, parts.id);
    const file = known ?? reserveAudio(parts, clock.now()).next;
    if (!known) await files.save({ next: file, facts: [] });
    return { file, ticket: await objects.ticket(file) };
  }
}

/** Confirms an upload and asks for its processing; confirming again answers the file as it is. */
export class ConfirmUpload {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, audioFileId: string, datasetId?: string): Promise<AudioFile> {
    const { files, objects, datasets, transactions, clock } = this.ports;
    if (datasetId !== undefined) await datasets.require(tenantId, datasetId);
    const reserved = requireAudio(await files.find(tenantId, audioFileId), datasetId);
    if (reserved.confirmedAt !== null) return reserved;
    // The dataset may have been deleted while the file was being reserved: then nobody would ever delete the file.
    if (datasetId === undefined && reserved.datasetId !== null) await datasets.require(tenantId, reserved.datasetId);
    const uploadedBytes = await objects.uploadedBytes(reserved);
    return transactions.transaction(async () => {
      const file = requireAudio(await files.lock(tenantId, audioFileId), datasetId);
      const confirmed = confirmAudio(file, uploadedBytes, clock.now());
      if (confirmed === null) return file;
      await files.save(confirmed);
      return confirmed.next;
    });
  }
}
