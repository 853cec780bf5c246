// Ingest with a table of files in memory, as far as catalog asks it; specs put into it what they need.
import { randomUUID } from 'node:crypto';
import { Problem, type AudioStatus } from '@earmark/contracts';
import * as rpcs from '@earmark/contracts/ingest/rpcs';
import type { AudioFacts } from '@earmark/contracts/ingest/rpcs';
import { answer, type Responder } from '@earmark/messaging';

type Connection = Parameters<typeof answer>[0];

interface StoredFile {
  readonly tenantId: string;
  readonly facts: AudioFacts;
  isConfirmed: boolean;
}

/** What specs change about a file. */
interface Changeable {
  status: AudioStatus;
  errorMessage: string | null;
  durationMs: number | null;
  speaker: string | null;
}

export class StandInIngest {
  readonly #files = new Map<string, StoredFile>();
  /** `set claim` by file. */
  readonly #pins = new Map<string, Set<string>>();
  /** Runs when files are listed, before the answer. */
  beforeListed: () => void = () => undefined;
  /** Runs when files were pinned, before the answer. */
  afterPin: () => void = () => undefined;
  #responders: Responder[] = [];

  constructor(private readonly connection: Connection) {
    this.start();
  }

  /** Adds a confirmed file and answers its id. */
  add(tenantId: string, datasetId: string, change: Partial<Changeable> = {}): string {
    const facts: AudioFacts = {
      ...{ audioFileId: randomUUID(), reference: { kind: 'dataset', id: datasetId }, contentType: 'audio/wav', sizeBytes: 1000 },
      ...{ originalFilename: `${this.#files.size + 1}.wav`, status: 'ready', errorCode: null, errorMessage: null, sha256: null },
      ...{ durationMs: 60_000, sampleRateHz: null, channels: null, warnings: [], speaker: null, source: null, script: null },
      createdAt: new Date().toISOString(),
      ...change,
    };
    this.#files.set(facts.audioFileId, { tenantId, facts, isConfirmed: true });
    return facts.audioFileId;
  }

  /** The facts of a file, to change them. */
  file(audioFileId: string): Changeable {
    const file = this.#files.get(audioFileId);
    if (!file) throw new Error(`There is no file ${audioFileId}.`);
    return file.facts;
  }

  remove(audioFileId: string): void {
    this.#files.delete(audioFileId);
  }

  /** The sets that pinned a file. */
  pinnedBy(audioFileId: string): string[] {
    return [...new Set([...(this.#pins.get(audioFileId) ?? [])].map((pin) => pin.split(' ')[0] ?? ''))];
  }

  /** Answers again after stop. */
  start(): void {
    this.#responders = [...this.#answerQuestions(), ...this.#answerPins(), ...this.#answerUploads()];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#responders.map((responder) => responder.stop()));
  }

  #answerQuestions(): Responder[] {
    return [
      answer(this.connection, rpcs.findAudioFiles, ({ tenantId, reference, audioFileIds }) => ({
        files: this.#of(tenantId, reference?.id).filter((file) => audioFileIds.includes(file.audioFileId)),
      })),
      answer(this.connection, rpcs.listAudioFiles, ({ tenantId, reference, pageSize, after }) => {
        const all = this.#of(tenantId, reference.id).sort((a, b) => (a.audioFileId < b.audioFileId ? -1 : 1));
        const rest = all.filter((file) => after === null || file.audioFileId > after.id);
        const files = rest.slice(0, pageSize);
        this.beforeListed();
        const last = rest.length > pageSize ? files.at(-1) : undefined;
        return { files, total: all.length, next: last ? { createdAt: last.createdAt, id: last.audioFileId } : null };
      }),
      answer(this.connection, rpcs.countAudioFiles, ({ tenantId, ids }) => ({
        counts: Object.fromEntries(
          ids.map((id) => [id, this.#of(tenantId, id).length] as const).filter(([, count]) => count > 0),
        ),
      })),
      answer(this.connection, rpcs.releaseAudio, ({ tenantId, reference, audioFileIds }) => {
        const found = this.#of(tenantId, reference.id).filter((file) => audioFileIds.includes(file.audioFileId));
        const holders = found.flatMap((file) => this.pinnedBy(file.audioFileId));
        if (holders.length > 0) throw new Problem('audio_in_use', `In use by annotation-set ${holders.join(', ')}.`);
        for (const file of found) this.remove(file.audioFileId);
        return { released: found.length };
      }),
      answer(this.connection, rpcs.changeAudioFile, ({ tenantId, reference, audioFileId, speaker, source, script }) => {
        const file = this.#of(tenantId, reference.id).find((one) => one.audioFileId === audioFileId);
        if (!file) throw new Problem('audio_file_not_found', 'There is no such file.');
        const labels = { speaker, source, script };
        return {
          file: Object.assign(file, Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined))),
        };
      }),
    ];
  }

  #answerPins(): Responder[] {
    return [
      answer(this.connection, rpcs.pinAudio, ({ tenantId, reference, holder, claimId, audioFileIds }) => {
        const files = this.#of(tenantId, reference?.id).filter((file) => audioFileIds.includes(file.audioFileId));
        for (const { audioFileId: id } of files)
          this.#pins.set(id, (this.#pins.get(id) ?? new Set()).add(`${holder.id} ${claimId}`));
        this.afterPin();
        return { files };
      }),
      answer(this.connection, rpcs.unpinAudio, ({ holder, claimId }) => {
        const isMeant = (pin: string) => pin.startsWith(`${holder.id} `) && (claimId === null || pin.endsWith(` ${claimId}`));
        let released = 0;
        for (const pins of this.#pins.values()) for (const pin of pins) if (isMeant(pin) && pins.delete(pin)) released += 1;
        return { released };
      }),
      answer(this.connection, rpcs.listPinHolders, () => ({ holders: [] })),
      answer(this.connection, rpcs.listReferences, () => ({ references: [] })),
    ];
  }

  #answerUploads(): Responder[] {
    return [
      answer(this.connection, rpcs.reserveAudio, ({ tenantId, reference, files, withTickets }) => ({
        files: files.map((file) => {
          const { audioFileId, filename: originalFilename } = file;
          const isConfirmed = this.#files.get(audioFileId)?.isConfirmed === true;
          if (!isConfirmed) {
            const id = this.add(tenantId, reference.id ?? '');
            const facts = {
              ...this.#files.get(id)?.facts,
              audioFileId,
              originalFilename,
              status: 'pending' as const,
            } as AudioFacts;
            this.remove(id);
            this.#files.set(audioFileId, { tenantId, facts, isConfirmed: false });
          }
          const key = `${tenantId}/uploads/${audioFileId}`;
          const url = `http://storage.local/${key}`;
          const ticket = withTickets ? { uploadUrl: url, uploadFields: { key }, putUrl: url, key, expiresInSeconds: 60 } : null;
          return { audioFileId, isConfirmed, ticket };
        }),
      })),
      answer(this.connection, rpcs.confirmAudio, ({ audioFileIds }) => ({
        files: audioFileIds.map((id) => {
          const file = this.#files.get(id);
          if (!file) throw new Problem('audio_file_not_found', 'There is no such file.');
          file.isConfirmed = true;
          return file.facts;
        }),
      })),
    ];
  }

  #of(tenantId: string, datasetId: string | null | undefined): AudioFacts[] {
    return [...this.#files.values()]
      .filter((file) => file.tenantId === tenantId && file.isConfirmed)
      .map(({ facts }) => facts)
      .filter(({ reference }) => datasetId === undefined || reference.id === datasetId);
  }
}
