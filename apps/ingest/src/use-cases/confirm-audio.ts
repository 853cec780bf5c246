import type { Reference } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { confirmAudio, type AudioFile } from '../domain/audio-file.js';
import type { AudioFileStore, AudioObjects, ReferenceStore, Transactions } from '../ports.js';
import { referenceReleased, requireAudio } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly references: ReferenceStore;
  readonly objects: AudioObjects;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Uploads whose size is looked up at the same time. */
const LOOK_UPS = 16;

/** Confirms uploads, all or none, and asks for their processing; confirming again returns the files as they are. */
export class ConfirmAudio {
  constructor(private readonly ports: Ports) {}

  /** In the order asked. Problems: audio_file_not_found, audio_not_uploaded, reference_released. */
  async execute(tenantId: string, reference: Reference, audioFileIds: readonly string[]): Promise<AudioFile[]> {
    const { files, references, transactions, clock } = this.ports;
    const reserved = byId(await files.findAll(tenantId, audioFileIds));
    const open = audioFileIds.map((id) => requireAudio(reserved.get(id), reference)).filter((file) => file.confirmedAt === null);
    const uploadedBytes = await this.#uploadedBytes(open);
    return transactions.transaction(async () => {
      const held = byId(await files.lock(tenantId, audioFileIds));
      // Asked after the files are held: whoever releases the reference from now on waits for us and then deletes them.
      if (await references.isReleased(tenantId, reference)) throw referenceReleased();
      const changes = audioFileIds.map((id) => {
        const file = requireAudio(held.get(id), reference);
        return { file, confirmed: confirmAudio(file, uploadedBytes.get(id) ?? null, clock.now()) };
      });
      await files.saveAll(changes.flatMap(({ confirmed }) => confirmed ?? []));
      return changes.map(({ file, confirmed }) => confirmed?.next ?? file);
    });
  }

  async #uploadedBytes(open: readonly AudioFile[]): Promise<Map<string, number | null>> {
    const found = new Map<string, number | null>();
    const waiting = [...open];
    const lookUp = async (): Promise<void> => {
      for (let file = waiting.pop(); file !== undefined; file = waiting.pop())
        found.set(file.id, await this.ports.objects.uploadedBytes(file));
    };
    await Promise.all(Array.from({ length: Math.min(LOOK_UPS, open.length) }, lookUp));
    return found;
  }
}

const byId = (files: readonly AudioFile[]) => new Map(files.map((file) => [file.id, file] as const));
