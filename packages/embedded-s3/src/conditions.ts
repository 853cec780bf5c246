import type { Exchange } from './exchange.js';
import { S3Error } from './s3-error.js';
import type { ObjectRecord } from './state.js';

/** A list of ETags (`"a", "b"` or `*`) holds an object's. */
function names(list: string, object: ObjectRecord | undefined): boolean {
  if (!object) return false;
  const etags = list.split(',').map((etag) => etag.trim().replace(/^W\//, '').replace(/^"|"$/g, ''));
  return etags.includes('*') || etags.includes(object.etag);
}

/** What a request demands of the object it is about to replace or read; empty texts for nothing. */
export interface Condition {
  readonly ifMatch: string;
  readonly ifNoneMatch: string;
}

/** The conditions in a request's headers. */
export function conditionOf(exchange: Exchange): Condition {
  return { ifMatch: exchange.header('if-match'), ifNoneMatch: exchange.header('if-none-match') };
}

/** Throws `PreconditionFailed` when the object there now is not as demanded. */
export function checkWrite({ ifMatch, ifNoneMatch }: Condition, current: ObjectRecord | undefined): void {
  if (ifMatch !== '' && !current) throw new S3Error('NoSuchKey');
  if (ifMatch !== '' && !names(ifMatch, current)) throw new S3Error('PreconditionFailed');
  if (ifNoneMatch !== '' && names(ifNoneMatch, current)) throw new S3Error('PreconditionFailed');
}

/** Throws `PreconditionFailed` or `NotModified` when a reader does not want this version. */
export function checkRead({ ifMatch, ifNoneMatch }: Condition, object: ObjectRecord): void {
  if (ifMatch !== '' && !names(ifMatch, object)) throw new S3Error('PreconditionFailed');
  if (ifNoneMatch !== '' && names(ifNoneMatch, object)) throw new S3Error('NotModified');
}

/** Bytes `[startByte, endByte)`. */
export interface ByteSpan {
  readonly startByte: number;
  readonly endByte: number;
}

/** The span a `Range` header asks for; undefined for none, several or a malformed one (RFC 9110: then all is answered). */
export function parseRange(header: string, sizeBytes: number): ByteSpan | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return checked({ startByte: Math.max(0, sizeBytes - Number(last)), endByte: sizeBytes }, sizeBytes);
  if (last !== '' && Number(last) < Number(first)) return undefined;
  const endByte = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  return checked({ startByte: Number(first), endByte }, sizeBytes);
}

function checked(span: ByteSpan, sizeBytes: number): ByteSpan {
  if (span.startByte >= sizeBytes) throw new S3Error('InvalidRange');
  return span;
}
