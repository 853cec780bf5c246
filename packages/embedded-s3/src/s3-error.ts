const STATUS = {
  AccessDenied: 403,
  SignatureDoesNotMatch: 403,
  InvalidAccessKeyId: 403,
  RequestTimeTooSkewed: 403,
  NoSuchKey: 404,
  NoSuchBucket: 404,
  NoSuchUpload: 404,
  MethodNotAllowed: 405,
  BucketNotEmpty: 409,
  BucketAlreadyOwnedByYou: 409,
  PreconditionFailed: 412,
  NotModified: 304,
  InvalidRange: 416,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRequest: 400,
  EntityTooSmall: 400,
  EntityTooLarge: 400,
  KeyTooLongError: 400,
  BadDigest: 400,
  IncompleteBody: 400,
  XAmzContentSHA256Mismatch: 400,
  MalformedXML: 400,
  MalformedPOSTRequest: 400,
  NotImplemented: 501,
  InternalError: 500,
  XMinioStorageFull: 507,
} as const;

/** The S3 error codes this server answers. */
export type S3ErrorCode = keyof typeof STATUS;

const MESSAGES: Partial<Record<S3ErrorCode, string>> = {
  AccessDenied: 'Access Denied.',
  SignatureDoesNotMatch: 'The request signature we calculated does not match the signature you provided.',
  NoSuchKey: 'The specified key does not exist.',
  NoSuchBucket: 'The specified bucket does not exist.',
  NoSuchUpload: 'The specified multipart upload does not exist.',
  NotImplemented: 'A header or query you provided is not implemented.',
  XMinioStorageFull: 'Storage backend has reached its minimum free drive threshold.',
};

/** An answer that is an S3 error document. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly status: number;

  constructor(
    readonly code: S3ErrorCode,
    message: string = MESSAGES[code] ?? code,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.status = STATUS[code];
  }
}

/** A full disk as S3 says it, everything else as it came. */
export function translateDiskError(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ENOSPC' || code === 'EDQUOT' ? new S3Error('XMinioStorageFull', undefined, { cause: error }) : error;
}
