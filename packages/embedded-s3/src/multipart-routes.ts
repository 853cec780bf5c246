import { createHash, randomBytes } from 'node:crypto';
import type { Authenticated } from './authenticate.js';
import type { Context } from './context.js';
import { checkWrite, conditionOf, parseRange } from './conditions.js';
import { copySource } from './copy-source.js';
import type { WrittenFile } from './data-files.js';
import type { Exchange } from './exchange.js';
import { receiveBody, receiveXml, storedHeaders } from './receive.js';
import { S3Error } from './s3-error.js';
import type { OpenUpload, PartRecord } from './state.js';
import { elements, innerTexts, textOf } from './xml.js';

const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PARTS = 10_000;

/** Uploads in parts: `?uploads` and `?uploadId=`. */
export async function multipartRoute(exchange: Exchange, context: Context, auth: Authenticated): Promise<void> {
  const { method, query, bucket, key } = exchange;
  const id = query.get('uploadId');
  if (id === null) {
    if (method === 'POST') return startUpload(exchange, context);
    throw new S3Error('MethodNotAllowed');
  }
  const upload = context.store.upload(id, bucket, key);
  if (method === 'PUT') return putPart(exchange, context, auth, upload);
  if (method === 'GET') return listParts(exchange, upload);
  if (method === 'DELETE') return abortUpload(exchange, context, upload);
  if (method === 'POST') return completeUpload(exchange, context, auth, upload);
  throw new S3Error('MethodNotAllowed');
}

async function startUpload(exchange: Exchange, { store, nowMs }: Context): Promise<void> {
  const { bucket, key } = exchange;
  // The letter keeps clients from reading an id that is all digits as a number.
  const id = `u${randomBytes(16).toString('hex')}`;
  const upload = { id, bucket, key, startedMs: nowMs(), headers: storedHeaders(exchange.request.headers) };
  await store.commit([id], () => {
    store.bucket(bucket);
    return [{ do: 'start-upload', upload }];
  });
  exchange.answerXml('InitiateMultipartUploadResult', elements({ Bucket: bucket, Key: key, UploadId: id }));
}

async function putPart(exchange: Exchange, context: Context, auth: Authenticated, upload: OpenUpload): Promise<void> {
  const { store, nowMs } = context;
  const partNumber = Number(exchange.query.get('partNumber'));
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > MAX_PARTS) {
    throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`);
  }
  const copying = exchange.header('x-amz-copy-source') !== '';
  const written = copying ? await copyRange(exchange, context) : await receiveBody(exchange, auth, store.files);
  const part = { partNumber, file: written.file, sizeBytes: written.sizeBytes, etag: written.md5, modifiedMs: nowMs() };
  await store.commitWith([part], [upload.id], () => {
    store.upload(upload.id, upload.bucket, upload.key); // it may have ended while the bytes came in
    return [{ do: 'put-part', uploadId: upload.id, part }];
  });
  if (!copying) return exchange.answer(200, { etag: `"${part.etag}"` });
  exchange.answerXml(
    'CopyPartResult',
    elements({ LastModified: new Date(part.modifiedMs).toISOString(), ETag: `"${part.etag}"` }),
  );
}

async function copyRange(exchange: Exchange, { store }: Context): Promise<WrittenFile> {
  const source = copySource(exchange, store);
  const range = exchange.header('x-amz-copy-source-range');
  const span = parseRange(range, source.sizeBytes);
  if (range !== '' && !span) throw new S3Error('InvalidArgument', 'x-amz-copy-source-range must be bytes=first-last.');
  const { startByte, endByte } = span ?? { startByte: 0, endByte: source.sizeBytes };
  return store.files.holding(source.segments, () =>
    store.files.write(store.files.read(source.segments, startByte, endByte), { sha256: false }),
  );
}

function listParts(exchange: Exchange, upload: OpenUpload): void {
  const parts = [...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber);
  const items = parts.map(({ partNumber, etag, sizeBytes, modifiedMs }) =>
    elements({ PartNumber: partNumber, ETag: `"${etag}"`, Size: sizeBytes, LastModified: new Date(modifiedMs).toISOString() }),
  );
  const head = elements({ Bucket: upload.bucket, Key: upload.key, UploadId: upload.id, IsTruncated: false });
  exchange.answerXml('ListPartsResult', head + items.map((item) => `<Part>${item}</Part>`).join(''));
}

async function abortUpload(exchange: Exchange, { store }: Context, { id, bucket, key }: OpenUpload): Promise<void> {
  await store.commit([id], () => {
    store.upload(id, bucket, key);
    return [{ do: 'end-upload', uploadId: id }];
  });
  exchange.answer(204);
}

async function completeUpload(exchange: Exchange, context: Context, auth: Authenticated, upload: OpenUpload): Promise<void> {
  const { store, nowMs } = context;
  const { id, bucket, key, headers } = upload;
  const named = namedParts(await receiveXml(exchange, auth));
  let etag = '';
  await store.commit([id, `${bucket}/${key}`], () => {
    const parts = chosenParts(store.upload(id, bucket, key), named);
    checkWrite(conditionOf(exchange), store.bucket(bucket).objects.get(key));
    etag = multipartEtag(parts);
    const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    const segments = parts.map((part) => ({ file: part.file, sizeBytes: part.sizeBytes }));
    return [
      { do: 'put', bucket, object: { key, etag, sizeBytes, modifiedMs: nowMs(), headers, segments } },
      { do: 'end-upload', uploadId: id },
    ];
  });
  exchange.answerXml(
    'CompleteMultipartUploadResult',
    elements({ Location: `/${bucket}/${key}`, Bucket: bucket, Key: key, ETag: `"${etag}"` }),
  );
}

interface NamedPart {
  readonly partNumber: number;
  readonly etag: string;
}

function namedParts(xml: string): NamedPart[] {
  const parts = innerTexts(xml, 'Part').map((part) => ({
    partNumber: Number(textOf(part, 'PartNumber')),
    etag: (textOf(part, 'ETag') ?? '').replace(/"/g, ''),
  }));
  if (parts.length === 0) throw new S3Error('MalformedXML');
  return parts;
}

function chosenParts(upload: OpenUpload, named: readonly NamedPart[]): PartRecord[] {
  return named.map(({ partNumber, etag }, index) => {
    const previous = named[index - 1];
    if (previous && previous.partNumber >= partNumber) throw new S3Error('InvalidPartOrder');
    const part = upload.parts.get(partNumber);
    if (part?.etag !== etag) throw new S3Error('InvalidPart');
    if (index < named.length - 1 && part.sizeBytes < MIN_PART_BYTES) throw new S3Error('EntityTooSmall');
    return part;
  });
}

/** MD5 of the parts' MD5s, and how many: what S3 answers for an object made of parts. */
function multipartEtag(parts: readonly PartRecord[]): string {
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
  return `${createHash('md5').update(digests).digest('hex')}-${parts.length}`;
}
