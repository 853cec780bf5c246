import { Problem, type Transition } from '@earmark/contracts';
import {
  lockClause,
  olderThan,
  pageOf,
  rowsToSkip,
  sqlOf,
  type CreationKey,
  type LeaseHolder,
  type Outbox,
  type Page,
  type PageRequest,
  type Sql,
} from '@earmark/service-kit';
import { unfinishedStatuses, type CheckpointRef, type TrainingJob } from '../domain/training-job.js';
import type { Epoch, JobFilter, TrainingJobStore } from '../ports.js';
import type { TrainerUnitOfWork } from './client.js';
import { changedColumns, newRow, toJob } from './training-job-row.js';

/** A job that moved this recently surely has a message on its way. */
const UNATTENDED_AFTER_SECONDS = 5;

export class PrismaTrainingJobStore implements TrainingJobStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: TrainerUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find(tenantId: string, jobId: string): Promise<TrainingJob | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, id: jobId, deletedAt: null } });
    return row && toJob(row);
  }

  async lock(tenantId: string, jobId: string): Promise<TrainingJob | null> {
    const held = await this.#sql.query(
      `SELECT 1 FROM training_job WHERE tenant_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL ${lockClause('update')}`,
      tenantId,
      jobId,
    );
    return held.length === 0 ? null : this.find(tenantId, jobId);
  }

  async list(tenantId: string, filter: JobFilter, request: PageRequest<CreationKey>): Promise<Page<TrainingJob, CreationKey>> {
    const { statuses, datasetId } = filter;
    const all = {
      tenantId,
      deletedAt: null,
      ...(statuses === null ? {} : { status: { in: [...statuses] } }),
      ...(datasetId === null ? {} : { datasetId }),
    };
    const rows = await this.#rows.findMany({
      where: { ...all, ...olderThan(request.after) },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toJob), total, request.pageSize, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async epochsOf(jobIds: readonly string[]): Promise<Map<string, Epoch[]>> {
    const rows = await this.#epochs.findMany({ where: { jobId: { in: [...jobIds] } }, orderBy: { epoch: 'asc' } });
    const byJob = new Map<string, Epoch[]>();
    for (const { jobId, ...epoch } of rows) {
      const ofJob = byJob.get(jobId);
      if (ofJob) ofJob.push(epoch);
      else byJob.set(jobId, [epoch]);
    }
    return byJob;
  }

  async needing(ids: readonly string[]): Promise<Set<string>> {
    const where = { id: { in: [...ids] }, deletedAt: null, status: { notIn: ['failed', 'cancelled'] } };
    return new Set((await this.#rows.findMany({ where, select: { id: true } })).map(({ id }) => id));
  }

  async lockSome(tenantId: string, datasetId: string | null, limit: number): Promise<TrainingJob[]> {
    const held = await this.#sql.query<{ id: string }>(
      `SELECT id FROM training_job
       WHERE tenant_id = $1::uuid AND deleted_at IS NULL
         AND ($2::uuid IS NULL OR (dataset_id = $2::uuid AND status IN ('pending', 'queued', 'training')))
       ORDER BY id LIMIT $3::int FOR UPDATE`,
      tenantId,
      datasetId,
      limit,
    );
    const rows = await this.#rows.findMany({ where: { tenantId, id: { in: held.map(({ id }) => id) } } });
    return rows.map(toJob);
  }

  async unattended(limit: number): Promise<TrainingJob[]> {
    const found = await this.#sql.query<{ id: string }>(
      `SELECT id FROM training_job
       WHERE status IN (SELECT jsonb_array_elements_text($1::jsonb)) AND deleted_at IS NULL
         AND updated_at < now() - $2::int * interval '1 second' AND (lease_expires_at IS NULL OR lease_expires_at <= now())
       ORDER BY updated_at LIMIT $3::int`,
      JSON.stringify(unfinishedStatuses),
      UNATTENDED_AFTER_SECONDS,
      limit,
    );
    return (await this.#rows.findMany({ where: { id: { in: found.map(({ id }) => id) } } })).map(toJob);
  }

  async save({ next, facts }: Transition<TrainingJob>, fence?: LeaseHolder): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.version === 1) await this.#rows.create({ data: newRow(next) });
      else await this.#update(next, fence);
      await this.ports.outbox.append(facts);
    });
  }

  async #update(next: TrainingJob, fence: LeaseHolder | undefined): Promise<void> {
    const { tenantId, id, version } = next;
    const held = fence === undefined ? {} : { leaseEpoch: fence.epoch, leaseOwner: fence.owner };
    const { count } = await this.#rows.updateMany({
      where: { tenantId, id, version: version - 1, ...held },
      data: changedColumns(next),
    });
    if (count === 1) return;
    if (fence !== undefined) throw leaseLost();
    throw new Problem('conflict', 'The training job was changed by someone else at the same time; try again.');
  }

  async saveProgress(jobId: string, fence: LeaseHolder, percent: number): Promise<void> {
    await this.#sql.execute(
      `UPDATE training_job SET progress_percent = greatest(progress_percent, $4::float8)
       WHERE id = $1::uuid AND lease_epoch = $2::int AND lease_owner = $3::text`,
      jobId,
      fence.epoch,
      fence.owner,
      percent,
    );
  }

  async recordEpochs(
    jobId: string,
    fence: LeaseHolder,
    epochs: readonly Epoch[],
    checkpoint: CheckpointRef | null,
  ): Promise<void> {
    const columns = checkpoint === null ? {} : { checkpointKey: checkpoint.key, checkpointEpoch: checkpoint.epoch };
    await this.#fenced(jobId, fence, columns, async () => {
      await this.#epochs.createMany({ data: epochs.map((epoch) => ({ jobId, ...epoch })), skipDuplicates: true });
    });
  }

  async forgetEpochs(jobId: string, fence: LeaseHolder): Promise<void> {
    await this.#fenced(jobId, fence, { checkpointKey: null, checkpointEpoch: null }, async () => {
      await this.#epochs.deleteMany({ where: { jobId } });
    });
  }

  async countCrash(jobId: string, fence: LeaseHolder): Promise<number> {
    return this.#fenced(jobId, fence, { crashes: { increment: 1 } }, async () => {
      const row = await this.#rows.findUniqueOrThrow({ where: { id: jobId }, select: { crashes: true } });
      return row.crashes;
    });
  }

  async untidy(finishedBefore: Date, limit: number): Promise<TrainingJob[]> {
    const where = { tidiedAt: null, completedAt: { lte: finishedBefore } };
    return (await this.#rows.findMany({ where, orderBy: { completedAt: 'asc' }, take: limit })).map(toJob);
  }

  async markTidied(jobId: string, at: Date): Promise<void> {
    await this.#rows.updateMany({ where: { id: jobId }, data: { tidiedAt: at, checkpointKey: null, checkpointEpoch: null } });
  }

  async erase(deletedBefore: Date): Promise<number> {
    const { count } = await this.#rows.deleteMany({ where: { deletedAt: { lt: deletedBefore }, tidiedAt: { not: null } } });
    return count;
  }

  /** One transaction that begins by holding the row under the lease. */
  #fenced<T>(jobId: string, fence: LeaseHolder, columns: object, then: () => Promise<T>): Promise<T> {
    return this.ports.uow.transaction(async () => {
      const where = { id: jobId, leaseEpoch: fence.epoch, leaseOwner: fence.owner };
      // An update without columns touches nothing in Prisma; the epoch is written as it is.
      const { count } = await this.#rows.updateMany({ where, data: { leaseEpoch: fence.epoch, ...columns } });
      if (count !== 1) throw leaseLost();
      return then();
    });
  }

  get #rows() {
    return this.ports.uow.client().trainingJob;
  }

  get #epochs() {
    return this.ports.uow.client().trainingEpoch;
  }
}

function leaseLost(): Problem {
  return new Problem('lease_lost', 'Another worker holds the training job, or it was cancelled.');
}
