import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

// AWS Signature Version 4 for S3. Source: Amazon S3 API Reference, "Authenticating Requests (AWS Signature Version 4)";
// the published examples of that chapter are the tests of this file.

export const ALGORITHM = 'AWS4-HMAC-SHA256';
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
export const EMPTY_SHA256 = createHash('sha256').digest('hex');

/** Secret and place a signature is made for; `day` is `YYYYMMDD`. */
export interface SigningScope {
  readonly secretKey: string;
  readonly day: string;
  readonly region: string;
}

/** The parts of a request that a signature covers; `path` and `query` are decoded. */
export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: readonly (readonly [string, string])[];
  /** Lower-case names, in the order of the signature's list. */
  readonly signedHeaders: readonly (readonly [string, string])[];
  readonly payloadHash: string;
}

/** Percent-encodes everything but the unreserved characters of RFC 3986, as S3 wants it. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** As {@link uriEncode}, with slashes left alone. */
export function uriEncodePath(path: string): string {
  return path.split('/').map(uriEncode).join('/');
}

export const sha256Hex = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

export function signingKey({ secretKey, day, region }: SigningScope): Buffer {
  return hmac(hmac(hmac(hmac(`AWS4${secretKey}`, day), region), 's3'), 'aws4_request');
}

/** What a credential names besides the access key. */
export function credentialScope({ day, region }: Pick<SigningScope, 'day' | 'region'>): string {
  return `${day}/${region}/s3/aws4_request`;
}

export function canonicalRequest({ method, path, query, signedHeaders, payloadHash }: SignedRequest): string {
  const byName = (a: readonly string[], b: readonly string[]) => compareText(a[0], b[0]) || compareText(a[1], b[1]);
  const encodedQuery = query.map(([name, value]) => [uriEncode(name), uriEncode(value)]).sort(byName);
  return [
    method,
    uriEncodePath(path),
    encodedQuery.map((pair) => pair.join('=')).join('&'),
    ...signedHeaders.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
    '',
    signedHeaders.map(([name]) => name).join(';'),
    payloadHash,
  ].join('\n');
}

/** The signature of a request, in hex; `timestamp` is `YYYYMMDDTHHMMSSZ`. */
export function signRequest(request: SignedRequest, timestamp: string, scope: SigningScope): string {
  const text = [ALGORITHM, timestamp, credentialScope(scope), sha256Hex(canonicalRequest(request))].join('\n');
  return hmac(signingKey(scope), text).toString('hex');
}

/** The signature of one chunk of an `aws-chunked` body, in hex, chained to the one before it. */
export function signChunk(previous: string, chunkSha256: string, timestamp: string, scope: SigningScope): string {
  const text = [`${ALGORITHM}-PAYLOAD`, timestamp, credentialScope(scope), previous, EMPTY_SHA256, chunkSha256].join('\n');
  return hmac(signingKey(scope), text).toString('hex');
}

/** The signature of a base64 POST policy, in hex. */
export function signPolicy(policyBase64: string, scope: SigningScope): string {
  return hmac(signingKey(scope), policyBase64).toString('hex');
}

/** Compares two hex digests in constant time. */
export function sameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected, 'hex');
  const b = Buffer.from(/^[0-9a-f]{64}$/.test(given) ? given : '', 'hex');
  return a.length === b.length && timingSafeEqual(a, b);
}

function compareText(a = '', b = ''): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
