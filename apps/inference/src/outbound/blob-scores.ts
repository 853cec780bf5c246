import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { blobKeys, unlessAbsent, type BlobStore } from '@earmark/blob-store';
import { Problem } from '@earmark/contracts';
import { decodeScores, encodeScores, type Scores } from '../domain/score-codec.js';
import type { ScoreStore } from '../ports.js';

/** Far above a day of audio with a hundred types, far below what would hurt. */
const MAX_BYTES = 1 << 30;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Scores as gzipped objects. */
export class BlobScoreStore implements ScoreStore {
  constructor(private readonly blobs: BlobStore) {}

  async put(place: { tenantId: string; jobId: string; fileId: string; leaseEpoch: number }, scores: Scores): Promise<string> {
    const key = blobKeys.scores(place);
    await this.blobs.put(key, await pack(encodeScores(scores), { level: 1 }), { contentType: 'application/gzip' });
    return key;
  }

  async get(key: string): Promise<Scores> {
    return decodeScores(await unpack(await this.#bytes(key), { maxOutputLength: MAX_BYTES }));
  }

  async #bytes(key: string): Promise<Uint8Array> {
    const bytes = await unlessAbsent(() => this.blobs.getBytes(key, MAX_BYTES));
    if (bytes === null) throw new Problem('scores_deleted', 'The scores were deleted with the job that made them.');
    return bytes;
  }

  remove(key: string): Promise<void> {
    return this.blobs.remove([key]);
  }

  async erase(tenantId: string, jobId: string): Promise<void> {
    await this.blobs.removePrefix(blobKeys.scoresPrefix(tenantId, jobId));
  }
}
