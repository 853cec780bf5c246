import type { Problem, Transition } from '@earmark/contracts';
import { cancelJob, failJob, type TrainingJob } from '../domain/training-job.js';

/** How a job ends by a problem that trying again cannot help: with its dataset gone it is cancelled, else it failed. */
export function endJob(job: TrainingJob, problem: Problem, at: Date): Transition<TrainingJob> {
  const isGone = problem.code === 'dataset_not_found' || problem.code === 'annotation_set_not_found';
  const cancelled = isGone && job.status !== 'registering' ? cancelJob(job, at) : null;
  return cancelled ?? failJob(job, { code: problem.code, message: problem.detail }, at);
}
