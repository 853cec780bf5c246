/** More jobs wait than the pool was made for: try again later, or elsewhere. */
export class PoolFullError extends Error {
  override readonly name = 'PoolFullError';
}

/** The worker died during this job, and during its second try too. */
export class WorkerCrashedError extends Error {
  override readonly name = 'WorkerCrashedError';
}

/** The model could not be loaded, or refused its inputs; trying again gives the same. */
export class InferenceFailedError extends Error {
  override readonly name = 'InferenceFailedError';
}

/** The pool was closed before the job was done. */
export class PoolClosedError extends Error {
  override readonly name = 'PoolClosedError';
}
