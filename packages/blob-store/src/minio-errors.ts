import { BlobStoreError, type BlobStoreErrorCode } from './blob-store-error.js';

// S3's own words (AWS and MinIO) and Node's network codes, in ours. What is in neither list is a bug and passes unchanged.
const CODES: Readonly<Record<string, BlobStoreErrorCode>> = {
  NoSuchKey: 'not_found',
  NoSuchUpload: 'not_found',
  NoSuchBucket: 'not_found',
  NotFound: 'not_found',
  PreconditionFailed: 'changed',
  ConditionalRequestConflict: 'changed',
  InvalidPart: 'changed',
  InvalidPartOrder: 'changed',
  EntityTooSmall: 'changed',
  XAmzContentSHA256Mismatch: 'changed',
  BadDigest: 'changed',
  AccessDenied: 'denied',
  SignatureDoesNotMatch: 'denied',
  InvalidAccessKeyId: 'denied',
  RequestTimeTooSkewed: 'denied',
  EntityTooLarge: 'too_large',
  XMinioStorageFull: 'full',
  XMinioAdminBucketQuotaExceeded: 'full',
  InsufficientStorage: 'full',
  SlowDown: 'unavailable',
  ServiceUnavailable: 'unavailable',
  InternalError: 'unavailable',
  RequestTimeout: 'unavailable',
  ECONNREFUSED: 'unavailable',
  ECONNRESET: 'unavailable',
  ECONNABORTED: 'unavailable',
  EPIPE: 'unavailable',
  ETIMEDOUT: 'unavailable',
  EHOSTUNREACH: 'unavailable',
  ENETUNREACH: 'unavailable',
  ENOTFOUND: 'unavailable',
  EAI_AGAIN: 'unavailable',
  ERR_STREAM_PREMATURE_CLOSE: 'unavailable',
};

/** An error of the vendor's client or of the network as a {@link BlobStoreError}; anything unknown as it came. */
export function mapVendorError(error: unknown, what: string): unknown {
  if (error instanceof BlobStoreError) return error;
  const vendorCode = codeOf(error);
  if (vendorCode === 'InvalidRange') return new RangeError(`${what}: the range starts behind the end`, { cause: error });
  const code = CODES[vendorCode] ?? codeOfGivenUp(error);
  return code ? new BlobStoreError(code, `${what}: ${vendorCode || messageOf(error)}`, { cause: error }) : error;
}

/** Whether an idle connection had died under the request, so that sending it again is the cure. */
export function isStaleConnection(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  // The client throws S3's <Error> element itself, with capital letters, when it came under a status 200.
  const { code, Code } = error as { code?: unknown; Code?: unknown };
  const found = code ?? Code;
  return typeof found === 'string' ? found : '';
}

/** The client hides a 5xx answer behind this sentence; 507 alone keeps its code. */
function codeOfGivenUp(error: unknown): BlobStoreErrorCode | undefined {
  return /Retryable HTTP status: \d+/.test(messageOf(error)) ? 'unavailable' : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : JSON.stringify(error);
}
