import type { AudioContainer } from '@earmark/audio-files';
import { Problem } from '@earmark/contracts';
import { sqlOf, type Sql } from '@earmark/service-kit';
import type { ContentFacts } from '../domain/audio-file.js';
import type { ContentPlace, ContentStore, StoredPeaks } from '../ports.js';
import type { IngestUnitOfWork } from './client.js';

/** A content is in use while a file refers to it that is not deleted, or that a worker still has in hand. */
const IN_USE = `SELECT 1 FROM audio_file f
  WHERE f.tenant_id = c.tenant_id AND f.sha256 = c.sha256 AND (f.deleted_at IS NULL OR f.lease_expires_at > now())`;

export class PrismaContentStore implements ContentStore {
  readonly #sql: Sql;

  constructor(private readonly ports: { uow: IngestUnitOfWork }) {
    this.#sql = sqlOf(ports.uow);
  }

  async hold(tenantId: string, sha256: string, at: Date): Promise<void> {
    // One statement that inserts the row or takes its lock, unless a collector is removing the objects.
    const held = await this.#sql.execute(
      `INSERT INTO audio_content (tenant_id, sha256, warnings, updated_at) VALUES ($1::uuid, $2::text, '{}', $3::timestamptz)
       ON CONFLICT (tenant_id, sha256) DO UPDATE SET updated_at = EXCLUDED.updated_at WHERE audio_content.collected_at IS NULL`,
      tenantId,
      sha256,
      at,
    );
    if (held === 0)
      throw new Problem('service_unavailable', 'The same content is being removed; the file is read again shortly.');
  }

  async facts(tenantId: string, sha256: string): Promise<ContentFacts | null> {
    const row = await this.#rows.findUnique({ where: { tenantId_sha256: { tenantId, sha256 } } });
    if (!row || row.container === null || row.durationMs === null || row.sampleRateHz === null || row.channels === null)
      return null;
    const { container, durationMs, sampleRateHz, channels, warnings } = row;
    return { container: container as AudioContainer, durationMs, sampleRateHz, channels, warnings };
  }

  async peaks(tenantId: string, sha256: string): Promise<StoredPeaks | null> {
    const row = await this.#rows.findUnique({ where: { tenantId_sha256: { tenantId, sha256 } } });
    if (!row || row.peaksSha256 === null || row.peaksBytes === null) return null;
    return { sha256: row.peaksSha256, sizeBytes: row.peaksBytes };
  }

  async saveFacts(tenantId: string, sha256: string, facts: ContentFacts, peaks: StoredPeaks, at: Date): Promise<void> {
    const { container, durationMs, sampleRateHz, channels, warnings } = facts;
    const data = {
      ...{ container, durationMs, sampleRateHz, channels, warnings: [...warnings] },
      ...{ peaksSha256: peaks.sha256, peaksBytes: peaks.sizeBytes, updatedAt: at },
    };
    const { count } = await this.#rows.updateMany({ where: { tenantId, sha256 }, data });
    if (count === 0) throw new Problem('lease_lost', 'The content was collected while a worker that lost its file went on.');
  }

  async orphans(untouchedSince: Date, limit: number): Promise<ContentPlace[]> {
    return this.#sql.query<ContentPlace>(
      `SELECT c.tenant_id AS "tenantId", c.sha256 FROM audio_content c
       WHERE c.collected_at IS NOT NULL OR c.updated_at < $1::timestamptz AND NOT EXISTS (${IN_USE})
         AND NOT EXISTS (SELECT 1 FROM audio_file d WHERE d.tenant_id = c.tenant_id AND d.sha256 = c.sha256
                         AND d.deleted_at >= $1::timestamptz)
       ORDER BY c.updated_at LIMIT $2::int`,
      untouchedSince,
      limit,
    );
  }

  async beginCollection({ tenantId, sha256 }: ContentPlace): Promise<boolean> {
    return this.ports.uow.transaction(async () => {
      const row = 'FROM audio_content c WHERE c.tenant_id = $1::uuid AND c.sha256 = $2::text';
      const held = await this.#sql.query(`SELECT 1 ${row} FOR UPDATE SKIP LOCKED`, tenantId, sha256);
      if (held.length === 0) return false;
      // Asked after the row is held: in one statement, a reference made just before the lock would not be seen.
      const unused = await this.#sql.query(`SELECT 1 ${row} AND NOT EXISTS (${IN_USE})`, tenantId, sha256);
      if (unused.length === 0) return false;
      const text = 'UPDATE audio_content SET collected_at = now() WHERE tenant_id = $1::uuid AND sha256 = $2::text';
      await this.#sql.execute(text, tenantId, sha256);
      return true;
    });
  }

  async endCollection({ tenantId, sha256 }: ContentPlace): Promise<void> {
    await this.#rows.deleteMany({ where: { tenantId, sha256, collectedAt: { not: null } } });
  }

  get #rows() {
    return this.ports.uow.client().audioContent;
  }
}
