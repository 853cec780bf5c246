import { Problem } from '@earmark/contracts';
import type { Clock, IdSource } from '@earmark/service-kit';
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

/** A new job over the stored scores of a finished one: no second run of the model. */
export class Rethreshold {
  constructor(private readonly ports: Ports) {}

  async execute(tenantId: string, jobId: string, detection: DetectionRequest): Promise<InferenceJob> {
    const { jobs, files, transactions } = this.ports;
    const source = requireJob(await jobs.find(tenantId, jobId));
    if (source.status !== 'completed') {
      throw new Problem('conflict', `The job is ${source.status}; other thresholds can be applied once it is completed.`);
    }
    const scored = await files.scored(tenantId, jobId);
    return transactions.transaction(() => this.#copy(source, scored, detection));
  }

  async #copy(source: InferenceJob, scored: readonly InferenceFile[], detection: DetectionRequest): Promise<InferenceJob> {
    const { jobs, clock, ids } = this.ports;
    const { tenantId, modelId, onnx, id: sourceJobId } = source;
    const config = resolveConfig(detection, source.config.thresholds);
    const opened = openJob({ id: ids.next(), tenantId, modelId, sourceJobId, config, onnx }, clock.now());
    await jobs.save(opened);
    for (const file of scored) await this.#add(opened.next, file);
    await settle(this.ports, opened.next);
    return requireJob(await jobs.find(tenantId, opened.next.id));
  }

  async #add(job: InferenceJob, from: InferenceFile): Promise<void> {
    const { files, clock, ids } = this.ports;
    const { audioFileId, originalFilename, s3Key, sha256, durationMs, scoresKey } = from;
    const parts = { id: ids.next(), tenantId: job.tenantId, jobId: job.id, audioFileId, originalFilename, s3Key };
    const reserved = reserveFile(parts, clock.now());
    const known = { ...reserved, next: { ...reserved.next, scoresKey } };
    await files.save(known);
    const audio = { kind: 'ready', sha256: sha256 ?? '', durationMs: durationMs ?? 0 } as const;
    await files.save(queueFile(known.next, job.modelId, audio, clock.now()));
  }
}
