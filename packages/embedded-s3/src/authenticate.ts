import type { IncomingHttpHeaders } from 'node:http';
import { S3Error } from './s3-error.js';
import { sameSignature, type SigningScope, signRequest, UNSIGNED_PAYLOAD } from './signature.js';

const MAX_SKEW_MS = 15 * 60_000;
const MAX_PRESIGNED_SECONDS = 7 * 24 * 3600;

/** The one identity this server knows. */
export interface Identity {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** The parts of an HTTP request that authentication reads; `path` is decoded. */
export interface AuthRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
}

/** A verified signature; chunks of the body may be chained to it. */
export interface Authenticated {
  readonly signature: string;
  readonly timestamp: string;
  readonly scope: SigningScope;
  /** What the signature says about the body: its SHA-256 in hex, `UNSIGNED-PAYLOAD` or `STREAMING-…`. */
  readonly payloadHash: string;
}

interface Claim {
  readonly credential: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly timestamp: string;
  readonly payloadHash: string;
  /** Only for presigned URLs. */
  readonly expiresInSeconds?: number;
}

/** Verifies the signature of a request, in its header or its URL; throws {@link S3Error} when it does not hold now. */
export function authenticate(request: AuthRequest, identity: Identity, nowMs: number): Authenticated {
  const claim = request.query.has('X-Amz-Signature') ? claimInUrl(request) : claimInHeader(request);
  const scope = scopeOf(claim.credential, identity);
  checkTime(claim, nowMs);
  checkCoverage(claim, request.headers);
  const expected = signRequest(
    {
      method: request.method,
      path: request.path,
      query: [...request.query].filter(([name]) => name !== 'X-Amz-Signature'),
      signedHeaders: claim.signedHeaders.map((name) => [name, headerText(request.headers, name)] as const),
      payloadHash: claim.payloadHash,
    },
    claim.timestamp,
    scope,
  );
  if (!sameSignature(expected, claim.signature)) throw new S3Error('SignatureDoesNotMatch');
  return { signature: claim.signature, timestamp: claim.timestamp, scope, payloadHash: claim.payloadHash };
}

/** The scope of a credential `ACCESS/DAY/REGION/s3/aws4_request`, if it is ours. */
export function scopeOf(credential: string, { accessKey, secretKey, region }: Identity): SigningScope {
  const parts = credential.split('/');
  const [day = '', credentialRegion, service, terminator] = parts.slice(-4);
  if (parts.slice(0, -4).join('/') !== accessKey) throw new S3Error('InvalidAccessKeyId');
  if (credentialRegion !== region || service !== 's3' || terminator !== 'aws4_request') {
    throw new S3Error('AccessDenied', `The credential is for another region or service; this is ${region}.`);
  }
  return { secretKey, day, region };
}

/** Milliseconds since the epoch of `YYYYMMDDTHHMMSSZ`; NaN when it is none. */
export function parseTimestamp(timestamp: string): number {
  return Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function claimInHeader({ headers }: AuthRequest): Claim {
  const pattern = /^AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;
  const [, credential, names, signature] = pattern.exec(headers.authorization ?? '') ?? [];
  if (credential === undefined || names === undefined || signature === undefined) throw new S3Error('AccessDenied');
  const payloadHash = headerText(headers, 'x-amz-content-sha256');
  if (payloadHash === '') throw new S3Error('InvalidRequest', 'Missing required header: x-amz-content-sha256');
  return { credential, signedHeaders: names.split(';'), signature, timestamp: headerText(headers, 'x-amz-date'), payloadHash };
}

function claimInUrl({ query }: AuthRequest): Claim {
  const get = (name: string) => query.get(name) ?? '';
  if (get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') throw new S3Error('AccessDenied', 'Only AWS4-HMAC-SHA256 is known.');
  return {
    credential: get('X-Amz-Credential'),
    signedHeaders: get('X-Amz-SignedHeaders').split(';'),
    signature: get('X-Amz-Signature'),
    timestamp: get('X-Amz-Date'),
    payloadHash: query.get('X-Amz-Content-Sha256') ?? UNSIGNED_PAYLOAD,
    expiresInSeconds: Number(get('X-Amz-Expires')),
  };
}

function checkTime({ timestamp, expiresInSeconds, credential }: Claim, nowMs: number): void {
  const signedAtMs = parseTimestamp(timestamp);
  if (Number.isNaN(signedAtMs)) throw new S3Error('AccessDenied', 'The request has no valid date.');
  if (credential.split('/').at(-4) !== timestamp.slice(0, 8)) throw new S3Error('AccessDenied', 'Credential and date disagree.');
  if (expiresInSeconds === undefined) {
    if (Math.abs(nowMs - signedAtMs) > MAX_SKEW_MS) throw new S3Error('RequestTimeTooSkewed');
    return;
  }
  if (!(expiresInSeconds >= 1 && expiresInSeconds <= MAX_PRESIGNED_SECONDS)) {
    throw new S3Error('AccessDenied', 'X-Amz-Expires must be 1 to 604800 seconds.');
  }
  if (signedAtMs - MAX_SKEW_MS > nowMs) throw new S3Error('AccessDenied', 'Request is not valid yet');
  if (nowMs > signedAtMs + expiresInSeconds * 1000) throw new S3Error('AccessDenied', 'Request has expired');
}

/** A signature that leaves out the host or an x-amz header could be carried to another place or be given another meaning. */
function checkCoverage({ signedHeaders }: Claim, headers: IncomingHttpHeaders): void {
  const covered = new Set(signedHeaders);
  const open = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256');
  const missing = ['host', ...open].find((name) => !covered.has(name));
  if (missing !== undefined)
    throw new S3Error('AccessDenied', `There were headers present in the request which were not signed: ${missing}`);
}

function headerText(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name] ?? '';
  return Array.isArray(value) ? value.join(',') : value;
}
