import type { Exchange } from './exchange.js';
import { S3Error } from './s3-error.js';
import { uriEncodePath } from './signature.js';
import type { Bucket, ObjectRecord } from './state.js';
import { elements } from './xml.js';

const MAX_KEYS = 1000;

/** Which part of a bucket a listing shows. */
export interface ListingRequest {
  readonly prefix: string;
  /** Keys that share the text up to its first occurrence behind the prefix become one common prefix; empty for none. */
  readonly delimiter: string;
  /** Only what comes behind this key or common prefix. */
  readonly after: string;
  readonly maxKeys: number;
}

/** One page, in key order; `next` is what to give as `after` for the next, or null. */
export interface Page {
  readonly objects: readonly ObjectRecord[];
  readonly commonPrefixes: readonly string[];
  readonly next: string | null;
}

/** Lists a page in time proportional to the page, not to the bucket. */
export function listPage({ objects }: Pick<Bucket, 'objects'>, { prefix, delimiter, after, maxKeys }: ListingRequest): Page {
  const page = { objects: [] as ObjectRecord[], commonPrefixes: [] as string[] };
  const commonPrefixOf = (key: string) => {
    const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : key.slice(0, at + delimiter.length);
  };
  let last: string | null = null;
  let index = firstIndex(objects, prefix, delimiter, after);
  for (let key = objects.keyAt(index); key?.startsWith(prefix); key = objects.keyAt(index)) {
    if (page.objects.length + page.commonPrefixes.length >= maxKeys) return { ...page, next: last };
    const common = commonPrefixOf(key);
    const object = objects.get(key);
    if (common !== undefined) page.commonPrefixes.push(common);
    else if (object) page.objects.push(object);
    last = common ?? key;
    index = common === undefined ? index + 1 : objects.endOfPrefix(common);
  }
  return { ...page, next: null };
}

function firstIndex(objects: Bucket['objects'], prefix: string, delimiter: string, after: string): number {
  const start = objects.lowerBound(prefix);
  if (after === '') return start;
  const isCommonPrefix =
    delimiter !== '' && after.startsWith(prefix) && after.endsWith(delimiter) && after.length > prefix.length;
  const behind = isCommonPrefix ? objects.endOfPrefix(after) : objects.lowerBound(after);
  return Math.max(start, !isCommonPrefix && objects.keyAt(behind) === after ? behind + 1 : behind);
}

/** `GET /bucket`, version 1 and 2. */
export function answerListing(exchange: Exchange, bucket: Bucket): void {
  const { query } = exchange;
  const get = (name: string) => query.get(name) ?? '';
  const version2 = get('list-type') === '2';
  const request = {
    prefix: get('prefix'),
    delimiter: get('delimiter'),
    after: afterOf(query, version2),
    maxKeys: maxKeysOf(query),
  };
  const page = request.maxKeys === 0 ? { objects: [], commonPrefixes: [], next: null } : listPage(bucket, request);
  const encode = get('encoding-type') === 'url' ? uriEncodePath : (text: string) => text;
  const head = elements({
    Name: exchange.bucket,
    Prefix: encode(request.prefix),
    Delimiter: request.delimiter === '' ? undefined : encode(request.delimiter),
    MaxKeys: request.maxKeys,
    EncodingType: get('encoding-type') === 'url' ? 'url' : undefined,
    IsTruncated: page.next !== null,
    ...(version2 ? { KeyCount: page.objects.length + page.commonPrefixes.length } : { Marker: encode(get('marker')) }),
    ...nextElements(page.next, version2, encode),
  });
  const contents = page.objects.map((object) => `<Contents>${contentOf(object, encode)}</Contents>`);
  const prefixes = page.commonPrefixes.map(
    (prefix) => `<CommonPrefixes>${elements({ Prefix: encode(prefix) })}</CommonPrefixes>`,
  );
  exchange.answerXml('ListBucketResult', head + contents.join('') + prefixes.join(''));
}

function contentOf({ key, modifiedMs, etag, sizeBytes }: ObjectRecord, encode: (text: string) => string): string {
  return elements({
    Key: encode(key),
    LastModified: new Date(modifiedMs).toISOString(),
    ETag: `"${etag}"`,
    Size: sizeBytes,
    StorageClass: 'STANDARD',
  });
}

// The letter keeps clients from reading a token that is all digits as a number.
function nextElements(next: string | null, version2: boolean, encode: (text: string) => string): Record<string, string> {
  if (next === null) return {};
  return version2 ? { NextContinuationToken: `k${Buffer.from(next).toString('base64url')}` } : { NextMarker: encode(next) };
}

function afterOf(query: URLSearchParams, version2: boolean): string {
  if (!version2) return query.get('marker') ?? '';
  const token = query.get('continuation-token');
  return token === null || token === ''
    ? (query.get('start-after') ?? '')
    : Buffer.from(token.slice(1), 'base64url').toString('utf8');
}

function maxKeysOf(query: URLSearchParams): number {
  const maxKeys = Number(query.get('max-keys') ?? MAX_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new S3Error('InvalidArgument', 'max-keys must be a number.');
  return Math.min(maxKeys, MAX_KEYS);
}
