import type { Authenticated } from './authenticate.js';
import type { Context } from './context.js';
import { checkRead, checkWrite, conditionOf, parseRange } from './conditions.js';
import { copySource } from './copy-source.js';
import type { Exchange } from './exchange.js';
import { multipartRoute } from './multipart-routes.js';
import { receiveBody, storedHeaders } from './receive.js';
import { S3Error } from './s3-error.js';
import type { ObjectRecord, Segment } from './state.js';
import { elements } from './xml.js';

const MAX_KEY_BYTES = 1024;
const MAX_SINGLE_COPY_BYTES = 5 * 1024 ** 3;
const OVERRIDES = ['content-type', 'content-disposition', 'content-language', 'content-encoding', 'cache-control', 'expires'];

/** Everything below `/bucket/key`. */
export async function objectRoute(exchange: Exchange, context: Context, auth: Authenticated): Promise<void> {
  const { method, query, bucket, key } = exchange;
  context.store.bucket(bucket);
  checkKey(key);
  if (query.has('uploads') || query.has('uploadId')) return multipartRoute(exchange, context, auth);
  refuseUnknown(query);
  if (method === 'GET' || method === 'HEAD') return answerObject(exchange, context);
  if (method === 'DELETE') return removeObject(exchange, context);
  if (method !== 'PUT') throw new S3Error('MethodNotAllowed');
  return exchange.header('x-amz-copy-source') === '' ? putObject(exchange, context, auth) : copyObject(exchange, context);
}

/** Refuses keys that S3 refuses. */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Error('KeyTooLongError');
}

function refuseUnknown(query: URLSearchParams): void {
  const known = (name: string) => name.startsWith('X-Amz-') || name.startsWith('response-') || name === 'x-id';
  if ([...query.keys()].some((name) => !known(name))) throw new S3Error('NotImplemented');
}

async function putObject(exchange: Exchange, context: Context, auth: Authenticated): Promise<void> {
  const { store, nowMs } = context;
  const { bucket, key } = exchange;
  const condition = conditionOf(exchange);
  checkWrite(condition, store.bucket(bucket).objects.get(key)); // early, to spare a hopeless upload; it counts again below
  const written = await receiveBody(exchange, auth, store.files);
  const object = {
    key,
    etag: written.md5,
    sizeBytes: written.sizeBytes,
    modifiedMs: nowMs(),
    headers: storedHeaders(exchange.request.headers),
    segments: [segmentOf(written)],
  };
  await store.commitWith(object.segments, [`${bucket}/${key}`], () => {
    checkWrite(condition, store.bucket(bucket).objects.get(key));
    return [{ do: 'put', bucket, object }];
  });
  exchange.answer(200, { etag: `"${object.etag}"` });
}

function segmentOf({ file, sizeBytes }: Segment): Segment {
  return { file, sizeBytes };
}

async function copyObject(exchange: Exchange, context: Context): Promise<void> {
  const { store, nowMs } = context;
  const { bucket, key } = exchange;
  const source = copySource(exchange, store);
  if (source.sizeBytes > MAX_SINGLE_COPY_BYTES)
    throw new S3Error('InvalidRequest', 'The copy source is larger than 5 GiB; copy it in parts.');
  const replaceHeaders = exchange.header('x-amz-metadata-directive') === 'REPLACE';
  const segments = await duplicateAll(context, source);
  const object: ObjectRecord = {
    key,
    etag: source.etag,
    sizeBytes: source.sizeBytes,
    modifiedMs: nowMs(),
    headers: replaceHeaders ? storedHeaders(exchange.request.headers) : source.headers,
    segments,
  };
  await store.commitWith(segments, [`${bucket}/${key}`], () => {
    checkWrite(conditionOf(exchange), store.bucket(bucket).objects.get(key));
    return [{ do: 'put', bucket, object }];
  });
  exchange.answerXml(
    'CopyObjectResult',
    elements({ LastModified: new Date(object.modifiedMs).toISOString(), ETag: `"${object.etag}"` }),
  );
}

async function duplicateAll({ store }: Context, source: ObjectRecord): Promise<Segment[]> {
  return store.files.holding(source.segments, async () => {
    const copies: Segment[] = [];
    try {
      for (const segment of source.segments) copies.push(await store.files.duplicate(segment));
      return copies;
    } catch (error) {
      await store.files.drop(copies.map(({ file }) => file));
      throw error;
    }
  });
}

async function removeObject(exchange: Exchange, { store }: Context): Promise<void> {
  const { bucket, key } = exchange;
  await store.commit([`${bucket}/${key}`], () => (store.bucket(bucket).objects.get(key) ? [{ do: 'remove', bucket, key }] : []));
  exchange.answer(204);
}

async function answerObject(exchange: Exchange, { store }: Context): Promise<void> {
  const object = store.object(exchange.bucket, exchange.key);
  checkRead(conditionOf(exchange), object);
  const span = rangeOf(exchange, object);
  const { startByte, endByte } = span ?? { startByte: 0, endByte: object.sizeBytes };
  exchange.response.writeHead(span ? 206 : 200, {
    ...answerHeaders(exchange, object),
    'content-length': endByte - startByte,
    ...(span ? { 'content-range': `bytes ${startByte}-${endByte - 1}/${object.sizeBytes}` } : {}),
  });
  if (exchange.method === 'GET') {
    await store.files.holding(object.segments, () => store.files.send(object.segments, startByte, endByte, exchange.response));
  }
  exchange.response.end();
}

function rangeOf(exchange: Exchange, object: ObjectRecord) {
  try {
    return parseRange(exchange.header('range'), object.sizeBytes);
  } catch (error) {
    exchange.response.setHeader('content-range', `bytes */${object.sizeBytes}`);
    throw error;
  }
}

function answerHeaders(exchange: Exchange, object: ObjectRecord): Record<string, string> {
  const overrides = OVERRIDES.flatMap((name) => {
    const value = exchange.query.get(`response-${name}`);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    ...object.headers,
    ...Object.fromEntries(overrides),
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.modifiedMs).toUTCString(),
    'accept-ranges': 'bytes',
  };
}
