import { createHmac } from 'node:crypto';
import type { PresignPostRequest } from './blob-store.js';

/** Whose signature a permission carries. */
export interface SigningIdentity {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** Signature Version 4 of a text, in hex, for one day (`YYYYMMDD`) and region. */
export function signText(text: string, day: string, { secretKey, region }: Omit<SigningIdentity, 'accessKey'>): string {
  const dayKey = hmac(`AWS4${secretKey}`, day);
  const signingKey = hmac(hmac(hmac(dayKey, region), 's3'), 'aws4_request');
  return createHmac('sha256', signingKey).update(text).digest('hex');
}

/**
 * Signature of a base64 POST policy.
 *
 * Source: Amazon S3 API Reference, "Authenticating Requests in Browser-Based Uploads Using POST".
 */
/** The form fields that let anyone upload to exactly one key of one bucket within the limits, until the permission ends. */
export function postPolicyFields(
  bucket: string,
  { key, contentType, minBytes = 1, maxBytes, expiresInSeconds }: PresignPostRequest,
  identity: SigningIdentity,
  now: Date,
): Record<string, string> {
  const timestamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = timestamp.slice(0, 8);
  const pinned: Record<string, string> = {
    key,
    bucket,
    ...(contentType === undefined ? {} : { 'Content-Type': contentType }),
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': `${identity.accessKey}/${day}/${identity.region}/s3/aws4_request`,
    'x-amz-date': timestamp,
  };
  const policy = {
    expiration: new Date(now.getTime() + expiresInSeconds * 1000).toISOString(),
    conditions: [
      ...Object.entries(pinned).map(([name, value]) => ['eq', `$${name}`, value]),
      ['content-length-range', minBytes, maxBytes],
    ],
  };
  const encoded = Buffer.from(JSON.stringify(policy)).toString('base64');
  return { ...pinned, policy: encoded, 'x-amz-signature': signText(encoded, day, identity) };
}
