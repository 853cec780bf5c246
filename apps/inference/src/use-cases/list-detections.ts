import { rowsToSkip, type Page, type PageRequest, type PositionKey } from '@earmark/service-kit';
import type { StoredDetection } from '../domain/inference-file.js';
import type { InferenceJob } from '../domain/inference-job.js';
import type { FileStore, JobStore } from '../ports.js';
import { fileNotFound, requireJob } from './find-or-refuse.js';

/** The detections of one file, page by page. */
export class ListDetections {
  constructor(private readonly ports: { jobs: JobStore; files: FileStore }) {}

  /** Throws inference_job_not_found, inference_file_not_found. */
  async execute(
    address: { tenantId: string; jobId: string; fileId: string },
    request: PageRequest<PositionKey>,
  ): Promise<{ job: InferenceJob; page: Page<StoredDetection, PositionKey> }> {
    const { jobs, files } = this.ports;
    const job = requireJob(await jobs.find(address.tenantId, address.jobId));
    const offset = request.after?.position ?? rowsToSkip(request);
    const found = await files.detections(address, { offset, limit: request.pageSize });
    if (found === null) throw fileNotFound();
    const { detections, total } = found;
    const position = offset + detections.length;
    return { job, page: { items: detections, total, next: detections.length > 0 && position < total ? { position } : null } };
  }
}
