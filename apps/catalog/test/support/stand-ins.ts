// Small answers for the services that catalog asks; specs put into them what they need.
import { randomUUID } from 'node:crypto';
import { countDatasetAudio, findAudioFiles, listDatasetAudio } from '@earmark/contracts/ingest/rpcs';
import { findTrainingUse } from '@earmark/contracts/trainer/rpcs';
import type { AudioStatus } from '@earmark/contracts';
import { answer, type Responder } from '@earmark/messaging';

type Connection = Parameters<typeof answer>[0];

interface StoredFile {
  readonly tenantId: string;
  readonly datasetId: string;
  readonly audioFileId: string;
  readonly originalFilename: string;
  status: AudioStatus;
  errorMessage: string | null;
  durationMs: number | null;
}

/** Ingest with a table of confirmed files in memory. */
export class StandInIngest {
  readonly #files = new Map<string, StoredFile>();
  #responders: Responder[] = [];

  constructor(private readonly connection: Connection) {
    this.start();
  }

  /** Adds a confirmed file and answers its id. */
  add(
    tenantId: string,
    datasetId: string,
    change: Partial<Pick<StoredFile, 'status' | 'errorMessage' | 'durationMs'>> = {},
  ): string {
    const audioFileId = randomUUID();
    const originalFilename = `${this.#files.size + 1}.wav`;
    const facts = { status: 'ready' as const, errorMessage: null, durationMs: 60_000, ...change };
    this.#files.set(audioFileId, { tenantId, datasetId, audioFileId, originalFilename, ...facts });
    return audioFileId;
  }

  /** The facts of a file, to change them. */
  file(audioFileId: string): Pick<StoredFile, 'status' | 'errorMessage' | 'durationMs'> {
    const file = this.#files.get(audioFileId);
    if (!file) throw new Error(`There is no file ${audioFileId}.`);
    return file;
  }

  remove(audioFileId: string): void {
    this.#files.delete(audioFileId);
  }

  /** Answers again after stop. */
  start(): void {
    this.#responders = [
      answer(this.connection, findAudioFiles, ({ tenantId, audioFileIds }) => ({
        files: this.#of(tenantId).filter((file) => audioFileIds.includes(file.audioFileId)),
      })),
      answer(this.connection, listDatasetAudio, ({ tenantId, datasetId, afterId, limit }) => ({
        files: this.#of(tenantId)
          .filter((file) => file.datasetId === datasetId && (afterId === null || file.audioFileId > afterId))
          .sort((a, b) => (a.audioFileId < b.audioFileId ? -1 : 1))
          .slice(0, limit),
      })),
      answer(this.connection, countDatasetAudio, ({ tenantId, datasetIds }) => ({
        counts: Object.fromEntries(
          datasetIds
            .map((id) => [id, this.#of(tenantId).filter((file) => file.datasetId === id).length] as const)
            .filter(([, count]) => count > 0),
        ),
      })),
    ];
  }

  async stop(): Promise<void> {
    await Promise.all(this.#responders.map((responder) => responder.stop()));
  }

  #of(tenantId: string) {
    return [...this.#files.values()]
      .filter((file) => file.tenantId === tenantId)
      .map((file) => ({ ...file, errorCode: null, sha256: null, sampleRateHz: null, channels: null }));
  }
}

/** The trainer with the jobs that a spec says it has. */
export class StandInTrainer {
  /** Training job ids by annotation set. */
  readonly jobsBySet = new Map<string, string[]>();

  constructor(connection: Connection) {
    answer(connection, findTrainingUse, ({ annotationSetId }) => ({ trainingJobIds: this.jobsBySet.get(annotationSetId) ?? [] }));
  }
}
