import { BlobStoreError } from './blob-store-error.js';

/** What `work` reads, or null when the object is not there. */
export async function unlessAbsent<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BlobStoreError && error.code === 'not_found') return null;
    throw error;
  }
}
