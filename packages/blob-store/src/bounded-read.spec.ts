import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { blocksOf } from './bounded-read.js';

describe('blocksOf', () => {
  it('cuts any stream into equal blocks, and loses nothing', async () => {
    const chunk = fc.uint8Array({ maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 10 }), fc.integer({ min: 1, max: 12 }), async (chunks, blockBytes) => {
        const blocks: Buffer[] = [];
        const source = Readable.from(chunks.map((bytes) => Buffer.from(bytes)));
        for await (const block of blocksOf(source, blockBytes)) blocks.push(block);
        expect(Buffer.concat(blocks)).toEqual(Buffer.concat(chunks));
        expect(blocks.slice(0, -1).every((block) => block.length === blockBytes)).toBe(true);
        expect(blocks.length).toBeGreaterThan(0);
        expect(blocks.at(-1)?.length).toBeLessThanOrEqual(blockBytes);
      }),
    );
  });

  it('closes a source that is not read to its end', async () => {
    const source = Readable.from([Buffer.alloc(10), Buffer.alloc(10)]);
    for await (const block of blocksOf(source, 4)) {
      expect(block).toHaveLength(4);
      break;
    }
    expect(source.destroyed).toBe(true);
  });
});
