import type { TrainingStatus } from '@earmark/contracts';

/** Whether nothing more can happen to a training job of this status. */
export function isFinished(status: TrainingStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}
