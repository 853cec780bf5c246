/** What went wrong with an object, in the few words a use-case can act on. */
export type BlobStoreErrorCode = 'not_found' | 'changed' | 'unavailable' | 'denied' | 'too_large' | 'full';

/**
 * The only error a {@link BlobStore} throws for something that happened in storage; anything else is a bug of the caller.
 *
 * `not_found` no such object or upload · `changed` the object is not the one the caller saw · `unavailable` storage does not
 * answer (worth a retry) · `denied` credentials or policy refuse · `too_large` more bytes than allowed · `full` no space left.
 */
export class BlobStoreError extends Error {
  override readonly name = 'BlobStoreError';

  constructor(
    readonly code: BlobStoreErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  /** Whether the same call may succeed later without anyone changing its input. */
  get retryable(): boolean {
    return this.code === 'unavailable' || this.code === 'full';
  }
}
