import { Problem } from '@earmark/contracts';
import type { InferenceFile } from '../domain/inference-file.js';
import type { InferenceJob } from '../domain/inference-job.js';

/** The job, or the problem that there is none: absent and another tenant's are the same. */
export function requireJob(job: InferenceJob | null): InferenceJob {
  if (job) return job;
  throw new Problem('inference_job_not_found', 'There is no such inference job.');
}

/** The file, or the problem that the job has none of this id. */
export function requireFile(file: InferenceFile | null): InferenceFile {
  if (file) return file;
  throw fileNotFound();
}

export const fileNotFound = (): Problem =>
  new Problem('inference_file_not_found', 'There is no such file in this inference job.');
