import { Problem } from '@earmark/contracts';

/**
 * The problem that an outage of object storage means; null for anything else. Known by its shape (`BlobStoreError` with `retryable`),
 * because this package does not depend on the store's.
 */
export function storageProblem(error: unknown): Problem | null {
  if (!(error instanceof Error) || error.name !== 'BlobStoreError') return null;
  const { code, retryable } = error as Error & { code?: unknown; retryable?: unknown };
  if (retryable !== true) return null;
  if (code === 'full') return new Problem('storage_full', 'There is no room left in object storage.', { cause: error });
  const extras = { retryAfterSeconds: 1, cause: error };
  return new Problem('service_unavailable', 'Object storage is not available at the moment.', extras);
}
