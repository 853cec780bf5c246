import { Problem, type AudioErrorCode, type AudioStatus, type Reference, type Transition } from '@earmark/contracts';
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
import type { AudioFile } from '../domain/audio-file.js';
import type { AudioFileStore, ErasureLimits, ExpiredFile, FileLabels } from '../ports.js';
import type { IngestUnitOfWork } from './client.js';
import type { AudioFile as AudioFileRow } from './prisma-client/client.js';

type Named = Pick<AudioFile, 'id' | 'tenantId'>;

/** $1: deleted before; $2: reserved before. What a worker has in hand stays: it would leave objects behind. */
const EXPIRED = `(deleted_at < $1::timestamptz OR (confirmed_at IS NULL AND created_at < $2::timestamptz))
  AND (lease_expires_at IS NULL OR lease_expires_at <= now())`;

const alive = { deletedAt: null };
const confirmed = { ...alive, confirmedAt: { not: null } };

export class PrismaAudioFileStore implements AudioFileStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: IngestUnitOfWork; outbox: Outbox }) {
    this.#sql = sqlOf(ports.uow);
  }

  async find(tenantId: string, audioFileId: string): Promise<AudioFile | null> {
    const row = await this.#rows.findFirst({ where: { tenantId, id: audioFileId, ...alive } });
    return row && toFile(row);
  }

  async findAll(tenantId: string, ids: readonly string[]): Promise<AudioFile[]> {
    return (await this.#rows.findMany({ where: { tenantId, id: { in: [...ids] }, ...alive } })).map(toFile);
  }

  lock(tenantId: string, ids: readonly string[]): Promise<AudioFile[]> {
    return this.#hold(tenantId, ids, { strength: 'FOR UPDATE' });
  }

  lockAgainstDeletion(tenantId: string, ids: readonly string[]): Promise<AudioFile[]> {
    return this.#hold(tenantId, ids, { condition: 'AND confirmed_at IS NOT NULL', strength: 'FOR KEY SHARE' });
  }

  async list(
    tenantId: string,
    reference: Reference,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>> {
    const all = { tenantId, ...whereReference(reference), ...confirmed, ...(status === null ? {} : { status }) };
    const rows = await this.#rows.findMany({
      where: { ...all, ...newerThan(request.after) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toFile), total, request.pageSize, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async count(tenantId: string, referenceKind: string, ids: readonly string[]): Promise<Map<string, number>> {
    const groups = await this.#rows.groupBy({
      by: ['referenceId'],
      where: { tenantId, referenceKind, referenceId: { in: [...ids] }, ...confirmed },
      _count: { _all: true },
    });
    return new Map(
      groups.flatMap(({ referenceId, _count }) => (referenceId === null ? [] : [[referenceId, _count._all] as const])),
    );
  }

  async lockSome(tenantId: string, reference: Reference | null, limit: number): Promise<AudioFile[]> {
    const held = await this.#sql.query<{ id: string }>(
      `SELECT id FROM audio_file
       WHERE tenant_id = $1::uuid AND deleted_at IS NULL
         AND ($2::text IS NULL OR (purpose = $2::text AND dataset_id IS NOT DISTINCT FROM $3::uuid))
       ORDER BY id LIMIT $4::int FOR UPDATE`,
      tenantId,
      reference?.kind ?? null,
      reference?.id ?? null,
      limit,
    );
    const rows = await this.#rows.findMany({ where: { tenantId, id: { in: held.map(({ id }) => id) } } });
    return rows.map(toFile);
  }

  async insert(files: readonly AudioFile[]): Promise<Set<string>> {
    const rows = await this.#rows.createManyAndReturn({
      data: files.map((file) => ({ id: file.id, ...toColumns(file) })),
      skipDuplicates: true,
      select: { id: true },
    });
    return new Set(rows.map(({ id }) => id));
  }

  async save({ next, facts }: Transition<AudioFile>, fence?: LeaseHolder): Promise<void> {
    await this.ports.uow.transaction(async () => {
      await this.#update(next, fence);
      await this.ports.outbox.append(facts);
    });
  }

  async saveAll(transitions: readonly Transition<AudioFile>[]): Promise<void> {
    if (transitions.length === 0) return;
    const changes = transitions.map(({ next }) => {
      const { id, tenantId, version, uploadId, confirmedAt, deletedAt } = next;
      return { id, tenantId, version, uploadId, confirmedAt, deletedAt };
    });
    await this.ports.uow.transaction(async () => {
      const touched = await this.#sql.execute(
        `UPDATE audio_file f
         SET upload_id = next."uploadId", confirmed_at = next."confirmedAt", deleted_at = next."deletedAt", version = next.version
         FROM jsonb_to_recordset($1::jsonb) AS next(
           id uuid, "tenantId" uuid, version int, "uploadId" uuid, "confirmedAt" timestamptz, "deletedAt" timestamptz)
         WHERE f.id = next.id AND f.tenant_id = next."tenantId" AND f.version = next.version - 1`,
        JSON.stringify(changes),
      );
      if (touched !== transitions.length) throw changedMeanwhile();
      await this.ports.outbox.append(transitions.flatMap(({ facts }) => facts));
    });
  }

  fillLabels(tenantId: string, labels: readonly FileLabels[]): Promise<number> {
    return this.#sql.execute(
      `UPDATE audio_file f
       SET speaker = coalesce(f.speaker, label.speaker), source = coalesce(f.source, label.source), version = f.version + 1
       FROM jsonb_to_recordset($2::jsonb) AS label("audioFileId" uuid, speaker text, source text)
       WHERE f.id = label."audioFileId" AND f.tenant_id = $1::uuid AND f.deleted_at IS NULL
         AND (f.speaker IS NULL AND label.speaker IS NOT NULL OR f.source IS NULL AND label.source IS NOT NULL)
         AND (f.lease_expires_at IS NULL OR f.lease_expires_at <= now())`,
      tenantId,
      JSON.stringify(labels),
    );
  }

  async idle(ageMs: number, limit: number): Promise<Named[]> {
    return this.#sql.query<Named>(
      `SELECT id, tenant_id AS "tenantId" FROM audio_file
       WHERE status NOT IN ('ready', 'failed') AND deleted_at IS NULL
         AND confirmed_at < now() - $1::int * interval '1 millisecond'
         AND (lease_expires_at IS NULL OR lease_expires_at <= now())
       ORDER BY created_at LIMIT $2::int`,
      ageMs,
      limit,
    );
  }

  async expired({ deletedBefore, reservedBefore }: ErasureLimits, limit: number): Promise<ExpiredFile[]> {
    return this.#sql.query<ExpiredFile>(
      `SELECT id, tenant_id AS "tenantId", coalesce(upload_id, id) AS "uploadId"
       FROM audio_file WHERE ${EXPIRED} ORDER BY created_at LIMIT $3::int`,
      deletedBefore,
      reservedBefore,
      limit,
    );
  }

  async erase({ tenantId, id }: ExpiredFile, { deletedBefore, reservedBefore }: ErasureLimits): Promise<boolean> {
    const text = `DELETE FROM audio_file WHERE ${EXPIRED} AND tenant_id = $3::uuid AND id = $4::uuid`;
    return (await this.#sql.execute(text, deletedBefore, reservedBefore, tenantId, id)) === 1;
  }

  async tenants(): Promise<string[]> {
    const rows = await this.#sql.query<{ tenantId: string }>('SELECT DISTINCT tenant_id AS "tenantId" FROM audio_file');
    return rows.map(({ tenantId }) => tenantId);
  }

  async knownUploads(tenantId: string, uploadIds: readonly string[]): Promise<Set<string>> {
    const rows = await this.#sql.query<{ uploadId: string }>(
      `SELECT coalesce(upload_id, id) AS "uploadId" FROM audio_file
       WHERE tenant_id = $1::uuid AND (id = ANY($2::uuid[]) OR upload_id = ANY($2::uuid[]))`,
      tenantId,
      uploadIds,
    );
    return new Set(rows.map(({ uploadId }) => uploadId));
  }

  /** One file after the other in the order of their ids, so that two who want the same files never wait for each other. */
  async #hold(
    tenantId: string,
    ids: readonly string[],
    { condition = '', strength }: { condition?: string; strength: 'FOR UPDATE' | 'FOR KEY SHARE' },
  ): Promise<AudioFile[]> {
    const held = await this.#sql.query<{ id: string }>(
      `SELECT id FROM audio_file
       WHERE tenant_id = $1::uuid AND id = ANY($2::uuid[]) AND deleted_at IS NULL ${condition} ORDER BY id ${strength}`,
      tenantId,
      ids,
    );
    return this.findAll(
      tenantId,
      held.map(({ id }) => id),
    );
  }

  async #update(next: AudioFile, fence: LeaseHolder | undefined): Promise<void> {
    const { tenantId, id, version } = next;
    const held = fence === undefined ? {} : { leaseOwner: fence.owner, leaseEpoch: fence.epoch };
    const { count } = await this.#rows.updateMany({
      where: { tenantId, id, version: version - 1, ...held },
      data: toColumns(next),
    });
    if (count === 1) return;
    if (fence) throw new Problem('lease_lost', 'Another worker took the file over, or it was deleted.');
    throw changedMeanwhile();
  }

  get #rows() {
    return this.ports.uow.client().audioFile;
  }
}

function changedMeanwhile(): Problem {
  return new Problem('conflict', 'The audio file was changed by someone else at the same time; try again.');
}

const whereReference = ({ kind, id }: Reference) => ({ referenceKind: kind, referenceId: id });

function toFile(row: AudioFileRow): AudioFile {
  const { leaseOwner: _owner, leaseEpoch: _epoch, leaseExpiresAt: _expires, attempt: _attempt, ...columns } = row;
  const { referenceKind: kind, referenceId, uploadId, ...rest } = columns;
  return {
    ...rest,
    reference: { kind, id: referenceId },
    uploadId: uploadId ?? rest.id,
    sizeBytes: Number(rest.sizeBytes),
    status: rest.status as AudioStatus,
    errorCode: rest.errorCode as AudioErrorCode | null,
  };
}

function toColumns({ id: _id, reference, warnings, ...rest }: AudioFile) {
  return { ...rest, ...whereReference(reference), warnings: [...warnings] };
}
