import { Problem, type InferenceJobStatus, type Transition } from '@earmark/contracts';
import {
  olderThan,
  pageOf,
  rowsToSkip,
  sqlOf,
  type CreationKey,
  type Outbox,
  type Page,
  type PageRequest,
  type Sql,
} from '@earmark/service-kit';
import type { InferenceJob } from '../domain/inference-job.js';
import type { JobFilter, JobStore } from '../ports.js';
import type { InferenceUnitOfWork } from './client.js';
import type { InferenceJob as JobRow } from './prisma-client/client.js';

const PURGE_JOBS = `
  UPDATE inference_job SET purged_at = $2::timestamptz, version = version + 1,
    status = CASE WHEN status IN ('pending', 'processing') THEN 'cancelled' ELSE status END
  WHERE tenant_id = $1::uuid AND purged_at IS NULL`;
const END_FILES = `
  UPDATE inference_file SET status = 'failed', error_code = 'cancelled', error_message = 'The organisation was deleted.',
    processed_at = $2::timestamptz, version = version + 1, lease_owner = NULL, lease_expires_at = NULL
  WHERE tenant_id = $1::uuid AND status NOT IN ('completed', 'failed')`;

export class PrismaJobStore implements JobStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: InferenceUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find(tenantId: string, jobId: string): Promise<InferenceJob | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, id: jobId, purgedAt: null } });
    return row && toJob(row);
  }

  async lock(tenantId: string, jobId: string): Promise<InferenceJob | null> {
    const held = await this.#sql.query(
      'SELECT 1 FROM inference_job WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE',
      tenantId,
      jobId,
    );
    return held.length === 0 ? null : this.find(tenantId, jobId);
  }

  async list(tenantId: string, filter: JobFilter, request: PageRequest<CreationKey>): Promise<Page<InferenceJob, CreationKey>> {
    const all = { tenantId, purgedAt: null, ...filter };
    const rows = await this.#rows.findMany({
      where: { ...all, ...olderThan(request.after) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toJob), total, request.pageSize, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async save({ next, facts }: Transition<InferenceJob>): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.version === 1) await this.#rows.create({ data: { id: next.id, ...toColumns(next) } });
      else await this.#update(next);
      await this.ports.outbox.append(facts);
    });
  }

  async purgeTenant(tenantId: string, at: Date): Promise<void> {
    await this.ports.uow.transaction(async () => {
      // Jobs are always locked before their files.
      await this.#sql.execute(PURGE_JOBS, tenantId, at);
      await this.#sql.execute(END_FILES, tenantId, at);
    });
  }

  async #update(next: InferenceJob): Promise<void> {
    const { tenantId, id, version } = next;
    const { count } = await this.#rows.updateMany({ where: { tenantId, id, version: version - 1 }, data: toColumns(next) });
    if (count !== 1) throw new Problem('conflict', 'The inference job was changed by someone else at the same time; try again.');
  }

  get #rows() {
    return this.ports.uow.client().inferenceJob;
  }
}

function toJob(row: JobRow): InferenceJob {
  const { thresholds, mergeWindowMs, minDurationMs, onnxKey, onnxSha256, onnxSizeBytes, status, ...rest } = row;
  return {
    ...rest,
    status: status as InferenceJobStatus,
    config: { thresholds: thresholds as Record<string, number>, mergeWindowMs, minDurationMs },
    onnx: { key: onnxKey, sha256: onnxSha256, sizeBytes: onnxSizeBytes },
  };
}

function toColumns({ id: _id, config, onnx, ...rest }: InferenceJob) {
  return {
    ...rest,
    thresholds: { ...config.thresholds },
    mergeWindowMs: config.mergeWindowMs,
    minDurationMs: config.minDurationMs,
    onnxKey: onnx.key,
    onnxSha256: onnx.sha256,
    onnxSizeBytes: onnx.sizeBytes,
  };
}
