import { createHash } from 'node:crypto';
import { pipeline, Transform, type Readable } from 'node:stream';

/** A stream's bytes, unchanged, and once they have all passed their number and SHA-256 (hex). */
export function measured(source: Readable): { content: Readable; facts: () => { sizeBytes: number; sha256: string } } {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, pass) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      pass(null, chunk);
    },
  });
  // A failure of the source destroys the meter with the same error, and so reaches whoever reads it.
  const content = pipeline(source, meter, () => undefined);
  return { content, facts: () => ({ sizeBytes, sha256: hash.digest('hex') }) };
}
