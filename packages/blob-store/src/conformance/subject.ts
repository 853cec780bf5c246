import type { BlobStore } from '../blob-store.js';
import type { BlobStoreErrorCode } from '../blob-store-error.js';
import type { StorageHttp } from '../storage-http.js';

/** A store to prove, and how its clients reach it. */
export interface BlobStoreHarness {
  readonly store: BlobStore;
  /** Signs permissions with a clock that is an hour late. */
  readonly lateStore: BlobStore;
  /** Sends requests to presigned URLs. */
  readonly http: StorageHttp;
  readonly close: () => Promise<void>;
}

/** What the tests work with; the harness is there once they run. */
export interface Subject {
  harness: BlobStoreHarness | undefined;
  /** Where all keys of this run lie. */
  readonly folder: string;
}

/** The harness of a running test. */
export function harnessOf({ harness }: Subject): BlobStoreHarness {
  if (!harness) throw new Error('the store was not opened');
  return harness;
}

/** `count` bytes that repeat with a period no part size divides, so that swapped or lost blocks show. */
export function patternBytes(count: number, seed = 1): Buffer {
  const period = Buffer.from(Array.from({ length: 65_521 }, (_, index) => (index * 31 + seed * 17 + (index >> 8)) & 0xff));
  return Buffer.alloc(count, period);
}

/** Matches a BlobStoreError of one code. */
export function blobError(code: BlobStoreErrorCode): { name: string; code: BlobStoreErrorCode } {
  return { name: 'BlobStoreError', code };
}

/** Reads a stream to its end. */
export async function drain(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
