import { Problem, type InferenceFileStatus, type Transition } from '@earmark/contracts';
import {
  newerThan,
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
import type { InferenceFile, StoredDetection } from '../domain/inference-file.js';
import type { FileStore, IdleFile } from '../ports.js';
import type { InferenceUnitOfWork } from './client.js';
import { cutByDetections, firstDetections, sliceOfDetections } from './detection-rows.js';
import { Prisma, type InferenceFile as FileRow } from './prisma-client/client.js';

const OPEN = ['queued', 'processing'];

export class PrismaFileStore implements FileStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: InferenceUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find(tenantId: string, jobId: string, fileId: string): Promise<InferenceFile | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, jobId, id: fileId } });
    return row && toFile(row);
  }

  async findById(tenantId: string, fileId: string): Promise<InferenceFile | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, id: fileId } });
    return row && toFile(row);
  }

  async lock(tenantId: string, fileId: string): Promise<InferenceFile | null> {
    const held = await this.#sql.query(
      'SELECT 1 FROM inference_file WHERE tenant_id = $1::uuid AND id = $2::uuid FOR UPDATE',
      tenantId,
      fileId,
    );
    return held.length === 0 ? null : this.findById(tenantId, fileId);
  }

  async waitingFor(tenantId: string, audioFileId: string): Promise<Pick<InferenceFile, 'id' | 'jobId'>[]> {
    return this.#rows.findMany({
      where: { tenantId, audioFileId, status: { in: ['pending', ...OPEN] } },
      select: { id: true, jobId: true },
      orderBy: [{ jobId: 'asc' }, { id: 'asc' }],
    });
  }

  async list(
    tenantId: string,
    jobId: string,
    status: InferenceFileStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<InferenceFile, CreationKey>> {
    const all = { tenantId, jobId, ...(status === null ? {} : { status }) };
    const rows = await this.#rows.findMany({
      where: { ...all, ...newerThan(request.after) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
      omit: { detections: true },
    });
    const total = await this.#rows.count({ where: all });
    const page = pageOf(rows, total, request.pageSize, keyOf);
    const items = cutByDetections(page.items);
    const last = items.at(-1);
    const next = items.length < page.items.length && last !== undefined ? keyOf(last) : page.next;
    return { total, next, items: await this.#withDetections(tenantId, items) };
  }

  detections(
    address: { tenantId: string; jobId: string; fileId: string },
    slice: { offset: number; limit: number },
  ): Promise<{ detections: readonly StoredDetection[]; total: number } | null> {
    return sliceOfDetections(this.#sql, address, slice);
  }

  async scored(tenantId: string, jobId: string, after: CreationKey | null, limit: number): Promise<InferenceFile[]> {
    const rows = await this.#rows.findMany({
      where: { tenantId, jobId, status: 'completed', scoresKey: { not: null }, ...newerThan(after) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: limit,
      omit: { detections: true },
    });
    return rows.map((row) => toFile({ ...row, detections: null }));
  }

  async add(transitions: readonly Transition<InferenceFile>[]): Promise<void> {
    await this.ports.uow.transaction(async () => {
      await this.#rows.createMany({ data: transitions.map(({ next }) => ({ id: next.id, ...toColumns(next) })) });
      await this.ports.outbox.append(transitions.flatMap(({ facts }) => facts));
    });
  }

  async save({ next, facts }: Transition<InferenceFile>, fence?: LeaseHolder): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.version === 1) await this.#rows.create({ data: { id: next.id, ...toColumns(next) } });
      else await this.#update(next, fence);
      await this.ports.outbox.append(facts);
    });
  }

  async idle(ageMs: number, limit: number): Promise<IdleFile[]> {
    return this.#sql.query<IdleFile>(
      `SELECT id, tenant_id AS "tenantId" FROM inference_file
       WHERE status IN ('queued', 'processing') AND created_at < now() - $1::int * interval '1 millisecond'
         AND (lease_expires_at IS NULL OR lease_expires_at <= now())
       ORDER BY created_at LIMIT $2::int`,
      ageMs,
      limit,
    );
  }

  async cancelOpen(tenantId: string, jobId: string, at: Date): Promise<number> {
    const { count } = await this.#rows.updateMany({
      where: { tenantId, jobId, status: { in: OPEN } },
      data: {
        status: 'failed',
        errorCode: 'cancelled',
        errorMessage: 'The job was cancelled.',
        processedAt: at,
        version: { increment: 1 },
        leaseOwner: null,
        leaseExpiresAt: null,
      },
    });
    return count;
  }

  async #withDetections(tenantId: string, rows: readonly Omit<FileRow, 'detections'>[]): Promise<InferenceFile[]> {
    const found = await firstDetections(
      this.#sql,
      tenantId,
      rows.filter(({ detectionCount }) => detectionCount !== null && detectionCount > 0).map(({ id }) => id),
    );
    return rows.map((row) => {
      const none = row.detectionCount === null ? null : [];
      return { ...toFile({ ...row, detections: null }), detections: found.get(row.id) ?? none };
    });
  }

  async #update(next: InferenceFile, fence: LeaseHolder | undefined): Promise<void> {
    const { tenantId, id, version } = next;
    const held = fence === undefined ? {} : { leaseOwner: fence.owner, leaseEpoch: fence.epoch };
    const { count } = await this.#rows.updateMany({
      where: { tenantId, id, version: version - 1, ...held },
      data: toColumns(next),
    });
    if (count === 1) return;
    if (fence) throw new Problem('lease_lost', 'Another worker took the file over, or the job was cancelled.');
    throw new Problem('conflict', 'The file was changed by someone else at the same time; try again.');
  }

  get #rows() {
    return this.ports.uow.client().inferenceFile;
  }
}

const keyOf = ({ createdAt, id }: CreationKey): CreationKey => ({ createdAt, id });

function toFile(row: FileRow): InferenceFile {
  const {
    status,
    detections,
    leaseOwner: _owner,
    leaseEpoch: _epoch,
    leaseExpiresAt: _expires,
    attempt: _attempt,
    ...rest
  } = row;
  return {
    ...rest,
    status: status as InferenceFileStatus,
    detections: detections as unknown as readonly StoredDetection[] | null,
  };
}

function toColumns({ id: _id, detections, ...rest }: InferenceFile) {
  const json = detections as unknown as Prisma.InputJsonValue | null;
  return { ...rest, detections: json ?? Prisma.DbNull };
}
