import type { Sql } from '@earmark/service-kit';
import type { PurgeStore } from '../ports.js';

const EXPIRE = `
  UPDATE inference_job SET purged_at = $2::timestamptz, version = version + 1 WHERE id IN (
    SELECT id FROM inference_job
    WHERE completed_at < $1::timestamptz AND purged_at IS NULL AND status IN ('completed', 'failed', 'cancelled')
    ORDER BY completed_at LIMIT $3::int FOR UPDATE SKIP LOCKED)`;

// A job whose scores another one is still working with waits for it.
const NEXT = `
  SELECT id, tenant_id AS "tenantId" FROM inference_job AS job
  WHERE purged_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM inference_job AS heir
    WHERE heir.source_job_id = job.id AND heir.purged_at IS NULL AND heir.status IN ('pending', 'processing'))
  ORDER BY purged_at, id LIMIT $1::int`;

// Audio that a job which is not purged shares (other thresholds over the same files) stays.
const FILES = `
  SELECT file.id, file.audio_file_id AS "audioFileId", file.owns_audio AND NOT EXISTS (
    SELECT 1 FROM inference_file AS other JOIN inference_job AS job ON job.id = other.job_id
    WHERE other.tenant_id = file.tenant_id AND other.audio_file_id = file.audio_file_id
      AND other.job_id <> file.job_id AND job.purged_at IS NULL) AS "goes"
  FROM inference_file AS file WHERE file.tenant_id = $1::uuid AND file.job_id = $2::uuid
  ORDER BY file.created_at, file.id LIMIT $3::int`;

export class SqlPurgeStore implements PurgeStore {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  expire(completedBefore: Date, at: Date, limit: number): Promise<number> {
    return this.#sql.execute(EXPIRE, completedBefore, at, limit);
  }

  next(limit: number): Promise<{ tenantId: string; id: string }[]> {
    return this.#sql.query(NEXT, limit);
  }

  async files(tenantId: string, jobId: string, limit: number): Promise<{ fileIds: string[]; audioFileIds: string[] }> {
    const rows = await this.#sql.query<{ id: string; audioFileId: string; goes: boolean }>(FILES, tenantId, jobId, limit);
    const audioFileIds = rows.filter(({ goes }) => goes).map(({ audioFileId }) => audioFileId);
    return { fileIds: rows.map(({ id }) => id), audioFileIds: [...new Set(audioFileIds)] };
  }

  async removeFiles(tenantId: string, fileIds: readonly string[]): Promise<void> {
    await this.#sql.execute('DELETE FROM inference_file WHERE tenant_id = $1::uuid AND id = ANY($2::uuid[])', tenantId, fileIds);
  }

  async removeJob(tenantId: string, jobId: string): Promise<void> {
    await this.#sql.execute('DELETE FROM inference_job WHERE tenant_id = $1::uuid AND id = $2::uuid', tenantId, jobId);
  }
}
