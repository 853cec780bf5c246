import { BlobStoreError } from '@earmark/blob-store';
import { Problem } from '@earmark/contracts';

/** Runs something against object storage; an outage becomes service_unavailable or storage_full, so that it is tried again. */
export async function withStorage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BlobStoreError) || !error.retryable) throw error;
    const code = error.code === 'full' ? 'storage_full' : 'service_unavailable';
    throw new Problem(code, 'Object storage is not available at the moment.', { retryAfterSeconds: 5, cause: error });
  }
}

/** Like {@link withStorage}, and null for an object that is not there. */
export async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await withStorage(work);
  } catch (error) {
    if (error instanceof BlobStoreError && error.code === 'not_found') return null;
    throw error;
  }
}
