import type { Readable } from 'node:stream';

/** Bytes to store: all of them, or a stream that is read once with bounded memory. */
export type BlobContent = Uint8Array | Readable;

/** How to store an object. */
export interface PutOptions {
  /** Media type that a download of the object announces. */
  readonly contentType: string;
  /** Exact length of a streamed content; a stream of another length is refused with `changed`. Absent: not known. */
  readonly sizeBytes?: number;
}

/** What storage knows about one object; `etag` changes whenever the bytes do and carries no quotes. */
export interface BlobStat {
  readonly sizeBytes: number;
  readonly etag: string;
  readonly contentType: string;
}

/** One line of a listing, in ascending order of the UTF-8 bytes of the keys. */
export interface BlobListing {
  readonly key: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly modifiedAt: Date;
}

/** Bytes `[startByte, endByte)` of an object; `endByte` may lie behind the end, `startByte` must lie inside the object. */
export interface ByteRange {
  readonly startByte: number;
  readonly endByte?: number;
}

/** Limits that storage itself enforces on a form upload. */
export interface PresignPostRequest {
  readonly key: string;
  /** When given, the form must carry exactly this `Content-Type` field. */
  readonly contentType?: string;
  /** Smallest file accepted; default 1, so that an empty file is refused by storage. */
  readonly minBytes?: number;
  readonly maxBytes: number;
  /** Lifetime of the permission, 1 to 604,800 s. */
  readonly expiresInSeconds: number;
}

/** A form to post: every field of `fields`, then the part `file`; storage answers 204. */
export interface PresignedPost {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One part that a client uploaded, with the ETag storage answered. */
export interface UploadedPart {
  readonly partNumber: number;
  readonly etag: string;
}

/** Uploads in parts (5 MiB to 5 GiB each, the last may be smaller; at most 10,000), put together by {@link complete}. */
export interface MultipartUploads {
  /** Opens an upload and answers its id. */
  start(request: { key: string; contentType: string }): Promise<string>;
  /** A URL that takes one part by PUT and answers its ETag in a header. */
  presignPart(request: { key: string; uploadId: string; partNumber: number; expiresInSeconds: number }): Promise<string>;
  /** Makes the object out of the parts named, in ascending order; `not_found` for an unknown upload, `changed` for a part that is not there as named. */
  complete(request: { key: string; uploadId: string; parts: readonly UploadedPart[] }): Promise<{ etag: string }>;
  /** Forgets the upload and its parts; an unknown upload is fine. */
  abort(request: { key: string; uploadId: string }): Promise<void>;
}

/**
 * Object storage as the platform needs it: one bucket, keys built by `blobKeys`, nothing vendor specific.
 *
 * Reads after a finished write see it. Every method throws {@link BlobStoreError}; see its codes.
 */
export interface BlobStore {
  /** Creates the bucket when it is absent; safe to call from many processes at once. */
  ensureBucket(): Promise<void>;
  /** Stores an object, replacing one of the same key in one step: readers see the old or the new, never a mix. */
  put(key: string, content: BlobContent, options: PutOptions): Promise<BlobStat>;
  /** Stores an object unless the key exists; answers whether this call stored it. */
  putIfAbsent(key: string, content: BlobContent, options: PutOptions): Promise<boolean>;
  /** The object's bytes as a stream; `not_found` before the first byte, `unavailable` as a stream error when cut. */
  get(key: string, options?: { range?: ByteRange }): Promise<Readable>;
  /** The whole object in memory; `too_large` when it has more than `maxBytes`. */
  getBytes(key: string, maxBytes: number): Promise<Buffer>;
  /** Facts about the object, or null when there is none. */
  stat(key: string): Promise<BlobStat | null>;
  /** Copies inside the bucket if the source still has that ETag; `changed` when not, `not_found` when it is gone. */
  copy(from: string, to: string, guard: { ifMatchEtag: string }): Promise<{ etag: string }>;
  /** Removes objects; absent ones are fine. */
  remove(keys: readonly string[]): Promise<void>;
  /** Removes every object below a folder and answers how many; `prefix` must end with `/`, so that a neighbour survives. */
  removePrefix(prefix: string): Promise<number>;
  /** Every object whose key starts with `prefix`, in key order. */
  list(prefix: string): AsyncIterable<BlobListing>;
  /** A form permission for exactly one key and a range of lengths, signed for the public endpoint. */
  presignPost(request: PresignPostRequest): Promise<PresignedPost>;
  /** A URL that takes an object of exactly this length by PUT, signed for the public endpoint. */
  presignPut(request: { key: string; sizeBytes: number; expiresInSeconds: number }): Promise<string>;
  /** A URL to download the object, signed for the public endpoint; with `downloadFilename` browsers save it under that name. */
  presignGet(request: { key: string; expiresInSeconds: number; downloadFilename?: string }): Promise<string>;
  readonly multipart: MultipartUploads;
}
