import { createHash } from 'node:crypto';
import { signText, type SigningIdentity } from './post-policy.js';

export interface SizedPut {
  readonly endpoint: URL;
  readonly bucket: string;
  readonly key: string;
  /** The only length that the upload may have, in bytes. */
  readonly sizeBytes: number;
  readonly expiresInSeconds: number;
}

const SIGNED_HEADERS = 'content-length;host';

/**
 * A URL that takes an object of exactly one length by PUT: the length is a signed header, which the `minio` client's own presigning
 * cannot do.
 *
 * Source: Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
 */
export function presignSizedPut(put: SizedPut, identity: SigningIdentity, now: Date): string {
  const { endpoint, bucket, key, sizeBytes, expiresInSeconds } = put;
  const timestamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = timestamp.slice(0, 8);
  const scope = `${day}/${identity.region}/s3/aws4_request`;
  // In the order of their names, as the signature wants them.
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${identity.accessKey}/${scope}`],
    ['X-Amz-Date', timestamp],
    ['X-Amz-Expires', String(expiresInSeconds)],
    ['X-Amz-SignedHeaders', SIGNED_HEADERS],
  ]
    .map((pair) => pair.map(encoded).join('='))
    .join('&');
  const path = `/${bucket}/${key}`.split('/').map(encoded).join('/');
  const headers = [`content-length:${sizeBytes}`, `host:${endpoint.host}`, '', SIGNED_HEADERS];
  const request = ['PUT', path, query, ...headers, 'UNSIGNED-PAYLOAD'].join('\n');
  const hash = createHash('sha256').update(request).digest('hex');
  const signature = signText(['AWS4-HMAC-SHA256', timestamp, scope, hash].join('\n'), day, identity);
  return `${endpoint.protocol}//${endpoint.host}${path}?${query}&X-Amz-Signature=${signature}`;
}

/** Percent-encodes everything but the unreserved characters of RFC 3986. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
