import type { Authenticated } from './authenticate.js';
import { decodeAwsChunked } from './aws-chunked.js';
import type { DataFiles, WrittenFile } from './data-files.js';
import type { Exchange } from './exchange.js';
import { S3Error } from './s3-error.js';
import { sha256Hex } from './signature.js';
import type { StoredHeaders } from './state.js';

/** S3's limit for one request. */
const MAX_PUT_BYTES = 5 * 1024 ** 3;
const SHA256_HEX = /^[0-9a-f]{64}$/;
const KEPT_HEADERS = ['content-type', 'cache-control', 'content-disposition', 'content-language', 'expires'];

/** Passes bytes on until there are too many: `EntityTooLarge`. */
export async function* atMost(maxBytes: number, source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  for await (const chunk of source) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes)
      throw new S3Error('EntityTooLarge', `Your proposed upload exceeds the maximum allowed size of ${maxBytes} bytes.`);
    yield chunk;
  }
}

/** Writes the body of a PUT to a file and checks everything the request says about it. */
export async function receiveBody(exchange: Exchange, auth: Authenticated, files: DataFiles): Promise<WrittenFile> {
  const declaredBytes = declaredLength(exchange, auth);
  if (declaredBytes !== undefined && declaredBytes > MAX_PUT_BYTES) throw new S3Error('EntityTooLarge');
  const raw = exchange.body();
  const content = isChunked(auth) ? decodeAwsChunked(raw, auth) : raw;
  const written = await files.write(atMost(MAX_PUT_BYTES, content), { sha256: SHA256_HEX.test(auth.payloadHash) });
  try {
    checkBody(exchange, auth, written, declaredBytes);
    return written;
  } catch (error) {
    await files.drop([written.file]);
    throw error;
  }
}

/** A small XML body, checked against the hash that was signed. */
export async function receiveXml(exchange: Exchange, auth: Authenticated): Promise<string> {
  const text = await exchange.text();
  if (SHA256_HEX.test(auth.payloadHash) && sha256Hex(text) !== auth.payloadHash) throw new S3Error('XAmzContentSHA256Mismatch');
  return text;
}

/** The request headers that an object is answered with later. */
export function storedHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): StoredHeaders {
  const kept: Record<string, string> = { 'content-type': 'application/octet-stream' };
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' || value === '') continue;
    if (KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-')) kept[name] = value;
  }
  const encoding = String(headers['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked')
    .join(',');
  return encoding === '' ? kept : { ...kept, 'content-encoding': encoding };
}

function isChunked(auth: Authenticated): boolean {
  return auth.payloadHash.startsWith('STREAMING-');
}

function declaredLength(exchange: Exchange, auth: Authenticated): number | undefined {
  const text = exchange.header(isChunked(auth) ? 'x-amz-decoded-content-length' : 'content-length');
  return text === '' ? undefined : Number(text);
}

function checkBody(exchange: Exchange, auth: Authenticated, written: WrittenFile, declaredBytes: number | undefined): void {
  if (declaredBytes !== undefined && declaredBytes !== written.sizeBytes) throw new S3Error('IncompleteBody');
  if (written.sha256 !== undefined && written.sha256 !== auth.payloadHash) throw new S3Error('XAmzContentSHA256Mismatch');
  const md5 = exchange.header('content-md5');
  if (md5 !== '' && md5 !== Buffer.from(written.md5, 'hex').toString('base64')) throw new S3Error('BadDigest');
}
