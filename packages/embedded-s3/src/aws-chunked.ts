import { createHash } from 'node:crypto';
import type { Authenticated } from './authenticate.js';
import { S3Error } from './s3-error.js';
import { sameSignature, signChunk } from './signature.js';

const MAX_LINE_BYTES = 4096;

/** Reads a byte stream by lines and by counts. */
class ByteReader {
  #pending: Buffer = Buffer.alloc(0);
  readonly #source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    let end = this.#pending.indexOf('\r\n');
    while (end < 0) {
      if (this.#pending.length > MAX_LINE_BYTES) throw new S3Error('InvalidRequest', 'A chunk header is too long.');
      this.#pending = Buffer.concat([this.#pending, await this.#more()]);
      end = this.#pending.indexOf('\r\n');
    }
    const line = this.#pending.toString('latin1', 0, end);
    this.#pending = this.#pending.subarray(end + 2);
    return line;
  }

  /** At least one and at most `maxBytes` bytes. */
  async some(maxBytes: number): Promise<Buffer> {
    if (this.#pending.length === 0) this.#pending = await this.#more();
    const bytes = this.#pending.subarray(0, maxBytes);
    this.#pending = this.#pending.subarray(bytes.length);
    return bytes;
  }

  async #more(): Promise<Buffer> {
    const next = await this.#source.next();
    if (next.done === true) throw new S3Error('IncompleteBody', 'The body ended inside a chunk.');
    return next.value.length > 0 ? next.value : this.#more();
  }
}

/**
 * The content of an `aws-chunked` body.
 *
 * Chunk signatures are verified when the request's signature announces them (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD…`);
 * trailers are read and not interpreted. Throws `SignatureDoesNotMatch` or `IncompleteBody` after bytes already given,
 * so nothing may be committed before the end.
 */
export async function* decodeAwsChunked(body: AsyncIterable<Buffer>, auth: Authenticated): AsyncGenerator<Buffer> {
  const reader = new ByteReader(body);
  const signed = auth.payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD');
  let previous = auth.signature;
  for (;;) {
    const { sizeBytes, signature } = parseHeader(await reader.line());
    const hash = createHash('sha256');
    for (let left = sizeBytes; left > 0;) {
      const bytes = await reader.some(left);
      hash.update(bytes);
      left -= bytes.length;
      yield bytes;
    }
    if (signed) {
      if (!sameSignature(signChunk(previous, hash.digest('hex'), auth.timestamp, auth.scope), signature)) {
        throw new S3Error('SignatureDoesNotMatch');
      }
      previous = signature;
    }
    if (sizeBytes === 0) break;
    if ((await reader.line()) !== '') throw new S3Error('InvalidRequest', 'A chunk is longer than its header says.');
  }
  while ((await reader.line()) !== '') continue; // trailers, up to the empty line that ends the body
}

function parseHeader(line: string): { sizeBytes: number; signature: string } {
  const [, hex, signature = ''] = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? [];
  if (hex === undefined) throw new S3Error('InvalidRequest', 'A chunk header is malformed.');
  return { sizeBytes: Number.parseInt(hex, 16), signature };
}
