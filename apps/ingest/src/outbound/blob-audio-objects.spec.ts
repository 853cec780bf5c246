import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { blobKeys, MemoryBlobStore } from '@earmark/blob-store';
import { exampleIds } from '@earmark/contracts';
import { reserveAudio } from '../domain/audio-file.js';
import { BlobAudioObjects } from './blob-audio-objects.js';

const announcedBytes = 1_000;
const file = reserveAudio(
  {
    ...{ id: exampleIds.audioFileId, uploadId: exampleIds.audioFileId, tenantId: exampleIds.tenantId },
    ...{ reference: { kind: 'dataset', id: exampleIds.datasetId }, speaker: null, source: null, script: null },
    ...{ originalFilename: 'call.wav', contentType: 'audio/wav', sizeBytes: announcedBytes, declaredSha256: null },
  },
  new Date(0),
).next;
const key = blobKeys.upload(file.tenantId, file.id);
const noSignal = new AbortController().signal;

let workDir: string;
beforeAll(async () => {
  workDir = await mkdtemp(path.join(tmpdir(), 'spool-'));
});
afterAll(() => rm(workDir, { recursive: true, force: true }));

/** A store whose upload is replaced between `stat` and `get`, and that may ignore ranges; counts what is read of it. */
class ChangingStore extends MemoryBlobStore {
  bytesRead = 0;
  replacement: Uint8Array | undefined;
  ignoresRanges = false;

  override async get(...[from, options]: Parameters<MemoryBlobStore['get']>): Promise<Readable> {
    if (this.replacement) await this.put(from, this.replacement, { contentType: 'audio/wav' });
    const source = await super.get(from, this.ignoresRanges ? {} : options);
    const count = (bytes: number): number => (this.bytesRead += bytes);
    return Readable.from(
      (async function* () {
        for await (const chunk of source as AsyncIterable<Buffer>) {
          for (let at = 0; at < chunk.length; at += 500) {
            const piece = chunk.subarray(at, at + 500);
            count(piece.length);
            yield piece;
          }
        }
      })(),
      { objectMode: false },
    );
  }
}

async function storeWith(change: Partial<Pick<ChangingStore, 'replacement' | 'ignoresRanges'>>): Promise<ChangingStore> {
  const blobs = Object.assign(new ChangingStore({ now: () => new Date(0) }), change);
  await blobs.ensureBucket();
  await blobs.put(key, new Uint8Array(announcedBytes).fill(1), { contentType: 'audio/wav' });
  return blobs;
}

describe('spooling an upload', () => {
  it('copies what was announced', async () => {
    const upload = await new BlobAudioObjects({ blobs: await storeWith({}), workDir }).spool(file, noSignal);
    expect(upload).toMatchObject({ sizeBytes: announcedBytes });
    await upload?.dispose();
  });

  it.each([
    ['grew', { replacement: new Uint8Array(5_000_000) }],
    ['grew, in a store that ignores ranges', { replacement: new Uint8Array(5_000_000), ignoresRanges: true }],
    ['was replaced by one of the same length', { replacement: new Uint8Array(announcedBytes).fill(2) }],
    ['shrank', { replacement: new Uint8Array(10) }],
  ])('refuses one that %s after it was looked at, without reading more than announced', async (_what, change) => {
    const blobs = await storeWith(change);
    const spooling = new BlobAudioObjects({ blobs, workDir }).spool(file, noSignal);
    await expect(spooling).rejects.toMatchObject({ code: 'service_unavailable' });
    // A stream hands on a piece or two before it hears that nobody wants more.
    expect(blobs.bytesRead).toBeLessThan(100 * announcedBytes);
    expect(await readdir(workDir)).toEqual([]);
  });
});
