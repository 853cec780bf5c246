import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import busboy from 'busboy';
import type { Identity } from './authenticate.js';
import type { Context } from './context.js';
import type { Exchange } from './exchange.js';
import { checkKey } from './object-routes.js';
import { checkPostPolicy, type FormFields } from './post-policy.js';
import { atMost, storedHeaders } from './receive.js';
import { S3Error } from './s3-error.js';
import { uriEncodePath } from './signature.js';
import type { ObjectRecord } from './state.js';
import { elements } from './xml.js';

interface Form {
  readonly fields: FormFields;
  readonly file: Readable;
  /** Settles when the whole body was parsed. */
  readonly parsed: Promise<void>;
}

/** Whether a request is a browser's form upload, which carries its permission in a field. */
export function isFormUpload({ method, key, request }: Exchange): boolean {
  return method === 'POST' && key === '' && /^multipart\/form-data/i.test(request.headers['content-type'] ?? '');
}

/** `POST /bucket` with a policy: fields first, then the part `file`. */
export async function formUpload(exchange: Exchange, context: Context, identity: Identity): Promise<void> {
  context.store.bucket(exchange.bucket);
  const form = parser(exchange.request.headers);
  try {
    const received = await readForm(exchange, form);
    const object = await storeFile(exchange, context, identity, received);
    answer(exchange, received.fields, object);
  } finally {
    // A parser whose file nobody reads to the end would hold up the body for ever, and with it the connection.
    exchange.request.unpipe(form);
    form.destroy();
  }
}

async function storeFile(
  exchange: Exchange,
  { store, nowMs }: Context,
  identity: Identity,
  { fields, file, parsed }: Form,
): Promise<ObjectRecord> {
  const { bucket } = exchange;
  const range = checkPostPolicy(fields, identity, nowMs());
  const key = fields.get('key') ?? '';
  if (key === '') throw new S3Error('InvalidArgument', 'The form has no key.');
  checkKey(key);
  const written = await store.files.write(atMost(range.maxBytes, file), { sha256: false });
  const segments = [{ file: written.file, sizeBytes: written.sizeBytes }];
  const headers = storedHeaders(Object.fromEntries(fields));
  const object = { key, etag: written.md5, sizeBytes: written.sizeBytes, modifiedMs: nowMs(), headers, segments };
  await parsed.catch(async (error: unknown) => {
    await store.files.drop([written.file]);
    throw error;
  });
  await store.commitWith(segments, [`${bucket}/${key}`], () => {
    if (object.sizeBytes < range.minBytes)
      throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size.');
    store.bucket(bucket);
    return [{ do: 'put', bucket, object }];
  });
  return object;
}

/** Reads the fields up to the file; fields behind it do not count, as in S3. */
function readForm(exchange: Exchange, form: busboy.Busboy): Promise<Form> {
  const fields = new Map<string, string>([['bucket', exchange.bucket]]);
  const request = exchange.rawBody();
  const parsed = finished(form).catch((error: unknown) => {
    throw new S3Error('MalformedPOSTRequest', 'The form ended early or is malformed.', { cause: error });
  });
  request.on('error', (error) => form.destroy(error));
  return new Promise((resolve, reject) => {
    form.on('field', (name, value) => fields.set(name.toLowerCase(), value));
    form.on('file', (_name, file, { filename }) => {
      file.on('error', () => undefined); // whoever reads the file gets it too
      fields.set('key', (fields.get('key') ?? '').replaceAll('${filename}', filename ?? ''));
      resolve({ fields: new Map(fields), file, parsed });
    });
    // Without a file the promise is still open when the form ends.
    parsed.then(() => reject(new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.')), reject);
    request.pipe(form);
  });
}

function parser(headers: Exchange['request']['headers']): busboy.Busboy {
  try {
    return busboy({ headers, defParamCharset: 'utf8', limits: { files: 1, fields: 100, fieldSize: 64 * 1024 } });
  } catch (error) {
    throw new S3Error('MalformedPOSTRequest', 'The form has no valid boundary.', { cause: error });
  }
}

function answer(exchange: Exchange, fields: FormFields, { key, etag }: ObjectRecord): void {
  const { bucket } = exchange;
  const location = `/${bucket}/${uriEncodePath(key)}`;
  const headers = { etag: `"${etag}"`, location };
  const redirect = fields.get('success_action_redirect');
  if (redirect !== undefined && URL.canParse(redirect)) {
    const target = new URL(redirect);
    for (const [name, value] of [
      ['bucket', bucket],
      ['key', key],
      ['etag', `"${etag}"`],
    ] as const)
      target.searchParams.set(name, value);
    return exchange.answer(303, { ...headers, location: target.href });
  }
  const status = fields.get('success_action_status');
  if (status === '201') {
    return exchange.answerXml(
      'PostResponse',
      elements({ Location: location, Bucket: bucket, Key: key, ETag: `"${etag}"` }),
      201,
      headers,
    );
  }
  exchange.answer(status === '200' ? 200 : 204, headers);
}
