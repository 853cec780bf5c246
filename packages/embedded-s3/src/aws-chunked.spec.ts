import { describe, expect, it } from '@jest/globals';
import { decodeAwsChunked } from './aws-chunked.js';

// The published example of "Signature Calculations: Transferring Payload in Multiple Chunks" (Amazon S3 API Reference).
const auth = {
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  timestamp: '20130524T000000Z',
  scope: { secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', day: '20130524', region: 'us-east-1' },
  payloadHash: 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
};
const published = [
  ['a'.repeat(65_536), 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
  ['a'.repeat(1024), '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
  ['', 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
] as const;
const wire = (chunks: readonly (readonly [string, string])[]) =>
  Buffer.from(
    chunks.map(([data, signature]) => `${data.length.toString(16)};chunk-signature=${signature}\r\n${data}\r\n`).join(''),
  );

async function* pieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += pieceBytes) yield bytes.subarray(start, start + pieceBytes);
}

async function decode(bytes: Buffer, pieceBytes = 1000, payloadHash = auth.payloadHash): Promise<string> {
  const decoded: Buffer[] = [];
  for await (const chunk of decodeAwsChunked(pieces(bytes, pieceBytes), { ...auth, payloadHash })) decoded.push(chunk);
  return Buffer.concat(decoded).toString();
}

describe('decodeAwsChunked', () => {
  it.each([1, 7, 65_535, 1_000_000])('reads the published example in pieces of %i bytes', async (pieceBytes) => {
    expect(await decode(wire(published), pieceBytes)).toBe('a'.repeat(66_560));
  });

  it('notices one changed byte', async () => {
    const bytes = wire(published);
    bytes[66_000] = 'b'.charCodeAt(0);
    await expect(decode(bytes)).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('notices that a chunk is missing', async () => {
    await expect(decode(wire([published[0], published[2]]))).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
  });

  it('notices a body that ends early', async () => {
    await expect(decode(wire(published.slice(0, 2)))).rejects.toMatchObject({ code: 'IncompleteBody' });
    await expect(decode(wire(published).subarray(0, 30_000))).rejects.toMatchObject({ code: 'IncompleteBody' });
  });

  it('reads unsigned chunks with trailers', async () => {
    const body = Buffer.from('5\r\nhello\r\n0\r\nx-amz-checksum-crc32:sOO8/Q==\r\n\r\n');
    expect(await decode(body, 3, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')).toBe('hello');
  });

  it.each(['zz\r\n', `${'1'.repeat(20)}\r\n`, '5\r\nhelloworld\r\n0\r\n\r\n', 'x'.repeat(5000)])(
    'refuses %.30s',
    async (body) => {
      await expect(decode(Buffer.from(body), 1000, 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')).rejects.toMatchObject({
        code: 'InvalidRequest',
      });
    },
  );
});
