import { Problem, type Transition } from '@earmark/contracts';
import type { Clock } from '@earmark/service-kit';
import { isSameUpload, moveUpload, reserveAudio, type AudioFile, type NewAudioFile } from '../domain/audio-file.js';
import type { AudioFileStore, ReferenceStore, Transactions } from '../ports.js';
import { referenceReleased } from './find-or-refuse.js';

interface Ports {
  readonly files: AudioFileStore;
  readonly references: ReferenceStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
}

/** Reserves files of one tenant and one reference, all or none; reserving the same file again is fine. */
export class ReserveAudio {
  constructor(private readonly ports: Ports) {}

  /** Returns the files in the order asked. Problems: conflict (an id is taken by another file), reference_released. */
  async execute(asked: readonly NewAudioFile[]): Promise<AudioFile[]> {
    const { files, references, transactions, clock } = this.ports;
    const [first] = asked;
    if (first === undefined) return [];
    const { tenantId, reference } = first;
    if (await references.isReleased(tenantId, reference)) throw referenceReleased();
    const reserved = asked.map((parts) => reserveAudio(parts, clock.now()).next);
    return transactions.transaction(async () => {
      const inserted = await files.insert(reserved);
      const others = asked.filter(({ id }) => !inserted.has(id));
      const known = await this.#again(tenantId, others);
      return reserved.map((file) => known.get(file.id) ?? file);
    });
  }

  /** Files that were reserved before, by an attempt that did not come to its end. */
  async #again(tenantId: string, asked: readonly NewAudioFile[]): Promise<Map<string, AudioFile>> {
    const { files } = this.ports;
    const ids = asked.map(({ id }) => id);
    const found = new Map((await files.lock(tenantId, ids)).map((file) => [file.id, file] as const));
    const moves = asked.map((parts) => this.#move(found.get(parts.id), parts));
    await files.saveAll(moves.flatMap(({ moved }) => moved ?? []));
    return new Map(moves.map(({ file }) => [file.id, file] as const));
  }

  #move(known: AudioFile | undefined, parts: NewAudioFile): { file: AudioFile; moved: Transition<AudioFile> | null } {
    if (known === undefined || !isSameUpload(known, parts)) {
      throw new Problem('conflict', `The id of "${parts.originalFilename}" belongs to another upload.`);
    }
    const moved = moveUpload(known, parts.uploadId);
    return { file: moved?.next ?? known, moved };
  }
}
