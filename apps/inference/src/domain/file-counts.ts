import type { InferenceFile } from './inference-file.js';
import type { FileTotals } from './inference-job.js';

/** A file before and after a change; null before it was added. */
export interface FileChange {
  readonly before: InferenceFile | null;
  readonly after: InferenceFile;
}

const nothing: FileTotals = { totalFiles: 0, processedFiles: 0, failedFiles: 0, totalDetections: 0 };

/** The totals of a job after changes of its files, without counting the others again. */
export function totalsAfter(totals: FileTotals, changes: readonly FileChange[]): FileTotals {
  return changes.reduce((sum, { before, after }) => plus(sum, countsOf(after), before === null ? nothing : countsOf(before)), {
    totalFiles: totals.totalFiles,
    processedFiles: totals.processedFiles,
    failedFiles: totals.failedFiles,
    totalDetections: totals.totalDetections,
  });
}

/** What one file adds to the totals of its job: nothing before it is confirmed. */
function countsOf({ status, detectionCount }: InferenceFile): FileTotals {
  if (status === 'pending') return nothing;
  const isFailed = status === 'failed';
  return {
    totalFiles: 1,
    processedFiles: isFailed || status === 'completed' ? 1 : 0,
    failedFiles: isFailed ? 1 : 0,
    totalDetections: detectionCount ?? 0,
  };
}

const plus = (sum: FileTotals, added: FileTotals, removed: FileTotals): FileTotals => ({
  totalFiles: sum.totalFiles + added.totalFiles - removed.totalFiles,
  processedFiles: sum.processedFiles + added.processedFiles - removed.processedFiles,
  failedFiles: sum.failedFiles + added.failedFiles - removed.failedFiles,
  totalDetections: sum.totalDetections + added.totalDetections - removed.totalDetections,
});
