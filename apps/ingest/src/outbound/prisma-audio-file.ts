import { Problem, type AudioErrorCode, type AudioStatus, type Transition } from '@earmark/contracts';
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
import type { AudioFile, AudioPurpose } from '../domain/audio-file.js';
import type { AudioFileStore, DoomLimits } from '../ports.js';
import type { IngestUnitOfWork } from './client.js';
import type { AudioFile as AudioFileRow } from './prisma-client/client.js';

type Named = Pick<AudioFile, 'id' | 'tenantId'>;

/** $1: deleted before; $2: reserved before. What a worker has in hand stays: it would leave objects behind. */
const DOOMED = `(deleted_at < $1::timestamptz OR (confirmed_at IS NULL AND created_at < $2::timestamptz))
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

  async lock(tenantId: string, audioFileId: string): Promise<AudioFile | null> {
    const held = await this.#sql.query(
      'SELECT 1 FROM audio_file WHERE tenant_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL FOR UPDATE',
      tenantId,
      audioFileId,
    );
    return held.length === 0 ? null : this.find(tenantId, audioFileId);
  }

  async list(
    tenantId: string,
    datasetId: string,
    status: AudioStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<Page<AudioFile, CreationKey>> {
    const all = { tenantId, datasetId, ...confirmed, ...(status === null ? {} : { status }) };
    const rows = await this.#rows.findMany({
      where: { ...all, ...newerThan(request.after) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      skip: rowsToSkip(request),
      take: request.pageSize + 1,
    });
    const total = await this.#rows.count({ where: all });
    return pageOf(rows.map(toFile), total, request.pageSize, ({ createdAt, id }) => ({ createdAt, id }));
  }

  async findConfirmed(tenantId: string, datasetId: string | null, ids: readonly string[]): Promise<AudioFile[]> {
    const ofDataset = datasetId === null ? {} : { datasetId };
    const rows = await this.#rows.findMany({ where: { tenantId, id: { in: [...ids] }, ...confirmed, ...ofDataset } });
    return rows.map(toFile);
  }

  async listAfter(tenantId: string, datasetId: string, afterId: string | null, limit: number): Promise<AudioFile[]> {
    const after = afterId === null ? {} : { id: { gt: afterId } };
    const rows = await this.#rows.findMany({
      where: { tenantId, datasetId, ...confirmed, ...after },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows.map(toFile);
  }

  async count(tenantId: string, datasetIds: readonly string[]): Promise<Map<string, number>> {
    const groups = await this.#rows.groupBy({
      by: ['datasetId'],
      where: { tenantId, datasetId: { in: [...datasetIds] }, ...confirmed },
      _count: { _all: true },
    });
    return new Map(groups.flatMap(({ datasetId, _count }) => (datasetId === null ? [] : [[datasetId, _count._all] as const])));
  }

  async lockSome(tenantId: string, datasetId: string | null, limit: number): Promise<AudioFile[]> {
    const held = await this.#sql.query<{ id: string }>(
      `SELECT id FROM audio_file
       WHERE tenant_id = $1::uuid AND deleted_at IS NULL AND ($2::uuid IS NULL OR dataset_id = $2::uuid)
       ORDER BY id LIMIT $3::int FOR UPDATE`,
      tenantId,
      datasetId,
      limit,
    );
    const rows = await this.#rows.findMany({ where: { tenantId, id: { in: held.map(({ id }) => id) } } });
    return rows.map(toFile);
  }

  async save({ next, facts }: Transition<AudioFile>, fence?: LeaseHolder): Promise<void> {
    await this.ports.uow.transaction(async () => {
      if (next.version === 1) await this.#rows.create({ data: { id: next.id, ...toColumns(next) } });
      else await this.#update(next, fence);
      await this.ports.outbox.append(facts);
    });
  }

  async saveDeleted(transitions: readonly Transition<AudioFile>[], at: Date): Promise<void> {
    await this.ports.uow.transaction(async () => {
      const touched = await this.#sql.execute(
        `UPDATE audio_file f SET deleted_at = $2::timestamptz, version = f.version + 1
         FROM jsonb_to_recordset($1::jsonb) AS next(id uuid, "tenantId" uuid, version int)
         WHERE f.id = next.id AND f.tenant_id = next."tenantId" AND f.version = next.version - 1`,
        JSON.stringify(transitions.map(({ next: { id, tenantId, version } }) => ({ id, tenantId, version }))),
        at,
      );
      if (touched !== transitions.length) throw changedMeanwhile();
      await this.ports.outbox.append(transitions.flatMap(({ facts }) => facts));
    });
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

  async doomed({ deletedBefore, reservedBefore }: DoomLimits, limit: number): Promise<Named[]> {
    return this.#sql.query<Named>(
      `SELECT id, tenant_id AS "tenantId" FROM audio_file WHERE ${DOOMED} ORDER BY created_at LIMIT $3::int`,
      deletedBefore,
      reservedBefore,
      limit,
    );
  }

  async erase({ tenantId, id }: Named, limits: DoomLimits, removeUpload: () => Promise<void>): Promise<boolean> {
    return this.ports.uow.transaction(async () => {
      const erased = await this.#sql.execute(
        `DELETE FROM audio_file WHERE ${DOOMED} AND tenant_id = $3::uuid AND id = $4::uuid`,
        limits.deletedBefore,
        limits.reservedBefore,
        tenantId,
        id,
      );
      if (erased === 1) await removeUpload();
      return erased === 1;
    });
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

function toFile(row: AudioFileRow): AudioFile {
  const { leaseOwner: _owner, leaseEpoch: _epoch, leaseExpiresAt: _expires, attempt: _attempt, ...rest } = row;
  return {
    ...rest,
    sizeBytes: Number(rest.sizeBytes),
    purpose: rest.purpose as AudioPurpose,
    status: rest.status as AudioStatus,
    errorCode: rest.errorCode as AudioErrorCode | null,
  };
}

function toColumns({ id: _id, warnings, ...rest }: AudioFile) {
  return { ...rest, warnings: [...warnings] };
}
