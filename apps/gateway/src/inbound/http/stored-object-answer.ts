import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { attachment, BlobStoreError, type BlobStore } from '@earmark/blob-store';
import { Problem, type StoredObject } from '@earmark/contracts';
import { spanOf, type ByteSpan } from '../../domain/byte-range.js';

export interface ObjectExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly object: StoredObject;
  readonly blobs: Pick<BlobStore, 'get'>;
}

/** Streams a stored object: whole, a part, or 304 for a client that has it. Problem `range_not_satisfiable`. */
export async function sendStoredObject({ request, response, object, blobs }: ObjectExchange): Promise<void> {
  const { headers, method } = request;
  setObjectHeaders(response, object);
  if (isCurrent(headers['if-none-match'], object.sha256)) return void response.writeHead(304).end();
  const span = wantedSpan(headers, object);
  if (span === 'outside') throw outside(response, object);
  const { size_bytes: sizeBytes } = object;
  const { startByte, endByte } = span ?? { startByte: 0, endByte: sizeBytes };
  const isEmpty = method === 'HEAD' || endByte === startByte;
  const content = isEmpty ? null : await open(blobs, object.object_key, span);
  if (span !== null) response.setHeader('Content-Range', `bytes ${startByte}-${endByte - 1}/${sizeBytes}`);
  response.writeHead(span === null ? 200 : 206, { 'Content-Type': object.content_type, 'Content-Length': endByte - startByte });
  if (content === null) response.end();
  else await pipeline(content, response);
}

function setObjectHeaders(response: ServerResponse, { sha256, filename }: StoredObject): void {
  const digest = Buffer.from(sha256, 'hex').toString('base64');
  response.setHeader('ETag', `"${sha256}"`);
  response.setHeader('Repr-Digest', `sha-256=:${digest}:`);
  response.setHeader('Digest', `sha-256=${digest}`);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Disposition', attachment(filename));
  // The content of an address may change (another model file), the key's rights too: keep it, but ask each time.
  response.setHeader('Cache-Control', 'private, no-cache');
}

function isCurrent(ifNoneMatch: string | undefined, sha256: string): boolean {
  const tags = (ifNoneMatch ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(`"${sha256}"`) || tags.includes('*');
}

function wantedSpan(headers: IncomingMessage['headers'], object: StoredObject): ByteSpan | null | 'outside' {
  const ifRange = headers['if-range'];
  if (ifRange !== undefined && ifRange !== `"${object.sha256}"`) return null;
  return spanOf(headers.range, object.size_bytes);
}

function outside(response: ServerResponse, object: StoredObject): Problem {
  response.setHeader('Content-Range', `bytes */${object.size_bytes}`);
  return new Problem('range_not_satisfiable', `The file has ${object.size_bytes} bytes; the range begins behind them.`);
}

async function open(blobs: Pick<BlobStore, 'get'>, key: string, range: ByteSpan | null): Promise<Readable> {
  try {
    return await blobs.get(key, range === null ? {} : { range });
  } catch (error) {
    if (!(error instanceof BlobStoreError)) throw error;
    if (error.code === 'not_found') throw new Problem('not_found', 'The file is not there any more.', { cause: error });
    if (!error.retryable) throw error;
    throw new Problem('service_unavailable', 'Object storage does not answer at the moment.', {
      retryAfterSeconds: 1,
      cause: error,
    });
  }
}
