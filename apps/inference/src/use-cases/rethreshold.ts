import { Problem, type Transition } from '@earmark/contracts';
import type { Clock, CreationKey, IdSource } from '@earmark/service-kit';
import { resolveConfig, type DetectionRequest } from '../domain/detection-config.js';
import { queueFile, reserveFile, type InferenceFile } from '../domain/inference-file.js';
import { openJob, type InferenceJob } from '../domain/inference-job.js';
import type { FileStore, JobStore, Transactions } from '../ports.js';
import { requireJob } from './find-or-refuse.js';
import { settle } from './settle.js';

interface Ports {
  readonly jobs: JobStore;
  readonly files: FileStore;
  readonly transactions: Transactions;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Files copied at once. */
const BLOCK = 1_000;

/** A new job over the stored scores of a finished one: no second run of the model. */
export class Rethreshold {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, jobId: string, detection: DetectionRequest): Promise<InferenceJob> {
    const { jobs, transactions } = this.ports;
    const source = requireJob(await jobs.find(tenantId, jobId));
    if (source.status !== 'completed') {
      throw new Problem('conflict', `The job is ${source.status}; other thresholds can be applied once it is completed.`);
    }
    return transactions.transaction(() => this.#copy(source, detection));
  }

  async #copy(source: InferenceJob, detection: DetectionRequest): Promise<InferenceJob> {
    const { jobs, clock, ids } = this.ports;
    const { tenantId, modelId, onnx, id: sourceJobId } = source;
    const config = resolveConfig(detection, source.config);
    const opened = openJob({ id: ids.next(), tenantId, modelId, sourceJobId, config, onnx }, clock.now());
    await jobs.save(opened);
    return this.#copyFiles(sourceJobId, opened.next);
  }

  /** Block by block, all in the transaction that opens the job: a worker that finished the first block would finish the job. */
  async #copyFiles(sourceJobId: string, opened: InferenceJob): Promise<InferenceJob> {
    const { files } = this.ports;
    let job = opened;
    for (let after: CreationKey | null = null; ;) {
      const block: InferenceFile[] = await files.scored(job.tenantId, sourceJobId, after, BLOCK);
      const added = block.map((file) => this.#copied(opened, file));
      await files.add(added);
      job = await settle(
        this.ports,
        job,
        added.map(({ next }) => ({ before: null, after: next })),
      );
      after = block.at(-1) ?? null;
      if (block.length < BLOCK) return job;
    }
  }

  #copied(job: InferenceJob, from: InferenceFile): Transition<InferenceFile> {
    const { clock, ids } = this.ports;
    const { audioFileId, ownsAudio, originalFilename, s3Key, sha256, durationMs, scoresKey } = from;
    const parts = { id: ids.next(), tenantId: job.tenantId, jobId: job.id, audioFileId, ownsAudio, originalFilename, s3Key };
    const reserved = reserveFile(parts, clock.now()).next;
    const audio = { kind: 'ready', sha256: sha256 ?? '', durationMs: durationMs ?? 0 } as const;
    return queueFile({ ...reserved, scoresKey }, job.modelId, audio, clock.now());
  }
}
