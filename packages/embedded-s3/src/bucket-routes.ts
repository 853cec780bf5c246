import type { Authenticated } from './authenticate.js';
import type { Context } from './context.js';
import type { Exchange } from './exchange.js';
import { answerListing } from './listing.js';
import { receiveXml } from './receive.js';
import { S3Error } from './s3-error.js';
import { elements, innerTexts, textOf } from './xml.js';

const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const MAX_REMOVED_AT_ONCE = 1000;

/** `GET /`: every bucket. */
export function listBuckets(exchange: Exchange, { store }: Context): void {
  const items = [...store.buckets].map(([name, { createdMs }]) => {
    return `<Bucket>${elements({ Name: name, CreationDate: new Date(createdMs).toISOString() })}</Bucket>`;
  });
  exchange.answerXml('ListAllMyBucketsResult', `<Owner><ID>embedded</ID></Owner><Buckets>${items.sort().join('')}</Buckets>`);
}

/** Everything below `/bucket` without a key. */
export async function bucketRoute(exchange: Exchange, context: Context, auth: Authenticated): Promise<void> {
  const { method, query, bucket } = exchange;
  const subresource = subresourceOf(query);
  if (method === 'PUT' && subresource === '') return createBucket(exchange, context);
  context.store.bucket(bucket);
  if (method === 'HEAD') return exchange.answer(200, { 'x-amz-bucket-region': context.region });
  if (method === 'DELETE' && subresource === '') return removeBucket(exchange, context);
  if (method === 'POST' && subresource === 'delete') return removeObjects(exchange, context, auth);
  if (method === 'GET' && subresource === 'location') return answerLocation(exchange, context);
  if (method === 'GET' && subresource === 'uploads') return listUploads(exchange, context);
  if (method === 'GET' && subresource === '') return answerListing(exchange, context.store.bucket(bucket));
  throw new S3Error('NotImplemented');
}

/** The one query name that chooses another resource than the object or listing itself. */
function subresourceOf(query: URLSearchParams): string {
  const listing = new Set(
    'list-type prefix delimiter max-keys continuation-token start-after marker encoding-type fetch-owner x-id max-uploads key-marker upload-id-marker'.split(
      ' ',
    ),
  );
  return [...query.keys()].find((name) => !listing.has(name) && !name.startsWith('X-Amz-')) ?? '';
}

/** Creates a bucket unless it is there. */
export async function ensureBucket(context: Context, bucket: string): Promise<void> {
  if (!context.store.buckets.has(bucket)) await addBucket(context, bucket);
}

async function createBucket(exchange: Exchange, context: Context): Promise<void> {
  const { bucket } = exchange;
  await addBucket(context, bucket);
  exchange.answer(200, { location: `/${bucket}` });
}

async function addBucket({ store, nowMs }: Context, bucket: string): Promise<void> {
  if (!BUCKET_NAME.test(bucket)) throw new S3Error('InvalidBucketName');
  await store.commit(['*'], () => {
    if (store.buckets.has(bucket)) throw new S3Error('BucketAlreadyOwnedByYou');
    return [{ do: 'create-bucket', bucket, createdMs: nowMs() }];
  });
}

async function removeBucket(exchange: Exchange, { store }: Context): Promise<void> {
  const { bucket } = exchange;
  await store.commit(['*'], () => {
    if (store.bucket(bucket).objects.size > 0) throw new S3Error('BucketNotEmpty');
    const uploads = [...store.uploads.values()].filter((upload) => upload.bucket === bucket);
    return [...uploads.map(({ id }) => ({ do: 'end-upload', uploadId: id }) as const), { do: 'remove-bucket', bucket }];
  });
  exchange.answer(204);
}

async function removeObjects(exchange: Exchange, { store }: Context, auth: Authenticated): Promise<void> {
  const xml = await receiveXml(exchange, auth);
  const keys = innerTexts(xml, 'Object').map((object) => textOf(object, 'Key'));
  if (keys.length === 0 || keys.length > MAX_REMOVED_AT_ONCE || keys.includes(undefined)) throw new S3Error('MalformedXML');
  const named = [...new Set(keys as string[])];
  const { bucket } = exchange;
  await store.commit(
    named.map((key) => `${bucket}/${key}`),
    () => named.filter((key) => store.bucket(bucket).objects.get(key)).map((key) => ({ do: 'remove', bucket, key }) as const),
  );
  const quiet = textOf(xml, 'Quiet') === 'true';
  exchange.answerXml('DeleteResult', quiet ? '' : named.map((key) => `<Deleted>${elements({ Key: key })}</Deleted>`).join(''));
}

function answerLocation(exchange: Exchange, { region }: Context): void {
  exchange.answerXml('LocationConstraint', region === 'us-east-1' ? '' : region);
}

function listUploads(exchange: Exchange, { store }: Context): void {
  const prefix = exchange.query.get('prefix') ?? '';
  const uploads = [...store.uploads.values()].filter(({ bucket, key }) => bucket === exchange.bucket && key.startsWith(prefix));
  const items = uploads
    .sort((a, b) => (a.key < b.key ? -1 : 1) || a.startedMs - b.startedMs)
    .map(({ id, key, startedMs }) => elements({ Key: key, UploadId: id, Initiated: new Date(startedMs).toISOString() }));
  const head = elements({ Bucket: exchange.bucket, Prefix: prefix, IsTruncated: false });
  exchange.answerXml('ListMultipartUploadsResult', head + items.map((item) => `<Upload>${item}</Upload>`).join(''));
}
