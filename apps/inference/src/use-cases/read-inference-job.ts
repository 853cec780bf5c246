import type { InferenceFileStatus } from '@earmark/contracts';
import type { CreationKey, Page, PageRequest } from '@earmark/service-kit';
import type { InferenceFile } from '../domain/inference-file.js';
import type { InferenceJob } from '../domain/inference-job.js';
import type { AudioDirectory, FileStore, JobFilter, JobStore } from '../ports.js';
import { requireFile, requireJob } from './find-or-refuse.js';

/** A job with the first of its files. */
export interface JobDetail {
  readonly job: InferenceJob;
  readonly files: Page<InferenceFile, CreationKey>;
}

export class ListInferenceJobs {
  constructor(private readonly ports: { jobs: JobStore }) {}

  execute(tenantId: string, filter: JobFilter, request: PageRequest<CreationKey>): Promise<Page<InferenceJob, CreationKey>> {
    return this.ports.jobs.list(tenantId, filter, request);
  }
}

export class ReadInferenceJob {
  constructor(private readonly ports: { jobs: JobStore; files: FileStore }) {}

  /** The job and at most `fileLimit` of its files. */
  async execute(tenantId: string, jobId: string, fileLimit: number): Promise<JobDetail> {
    const job = requireJob(await this.ports.jobs.find(tenantId, jobId));
    const files = await this.ports.files.list(tenantId, jobId, null, { page: 1, pageSize: fileLimit, after: null });
    return { job, files };
  }
}

export class ListInferenceFiles {
  constructor(private readonly ports: { jobs: JobStore; files: FileStore }) {}

  async execute(
    address: { tenantId: string; jobId: string },
    status: InferenceFileStatus | null,
    request: PageRequest<CreationKey>,
  ): Promise<{ job: InferenceJob; files: Page<InferenceFile, CreationKey> }> {
    const { tenantId, jobId } = address;
    const job = requireJob(await this.ports.jobs.find(tenantId, jobId));
    return { job, files: await this.ports.files.list(tenantId, jobId, status, request) };
  }
}

export class ReadInferenceFile {
  constructor(private readonly ports: { jobs: JobStore; files: FileStore }) {}

  async execute(tenantId: string, jobId: string, fileId: string): Promise<{ job: InferenceJob; file: InferenceFile }> {
    const job = requireJob(await this.ports.jobs.find(tenantId, jobId));
    return { job, file: requireFile(await this.ports.files.find(tenantId, jobId, fileId)) };
  }
}

/** A short-lived URL of the original file, from ingest. */
export class PresignOriginal {
  constructor(private readonly ports: { files: FileStore; jobs: JobStore; audio: AudioDirectory }) {}

  async execute(tenantId: string, jobId: string, fileId: string): Promise<{ url: string; expiresInSeconds: number }> {
    requireJob(await this.ports.jobs.find(tenantId, jobId));
    const file = requireFile(await this.ports.files.find(tenantId, jobId, fileId));
    return this.ports.audio.downloadUrl(tenantId, file.audioFileId);
  }
}
