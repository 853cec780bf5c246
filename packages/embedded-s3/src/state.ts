import { SortedKeys } from './key-order.js';

/** A file of bytes that never changes once it is named here. */
export interface Segment {
  readonly file: string;
  readonly sizeBytes: number;
}

/** Headers an object was stored with and is answered with. */
export type StoredHeaders = Readonly<Record<string, string>>;

/** An object: its segments one after the other. */
export interface ObjectRecord {
  readonly key: string;
  readonly etag: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly headers: StoredHeaders;
  readonly segments: readonly Segment[];
}

/** One uploaded part; its ETag is the MD5 of its bytes in hex. */
export interface PartRecord extends Segment {
  readonly partNumber: number;
  readonly etag: string;
  readonly modifiedMs: number;
}

export interface UploadRecord {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly startedMs: number;
  readonly headers: StoredHeaders;
}

export interface OpenUpload extends UploadRecord {
  readonly parts: Map<number, PartRecord>;
}

export interface Bucket {
  readonly createdMs: number;
  readonly objects: SortedKeys<ObjectRecord>;
}

/** What can happen to the store; a list of these is one line of the journal and happens as a whole. */
export type Entry =
  | { readonly do: 'create-bucket'; readonly bucket: string; readonly createdMs: number }
  | { readonly do: 'remove-bucket'; readonly bucket: string }
  | { readonly do: 'put'; readonly bucket: string; readonly object: ObjectRecord }
  | { readonly do: 'remove'; readonly bucket: string; readonly key: string }
  | { readonly do: 'start-upload'; readonly upload: UploadRecord }
  | { readonly do: 'put-part'; readonly uploadId: string; readonly part: PartRecord }
  | { readonly do: 'end-upload'; readonly uploadId: string };

/** All that the store knows, in memory: a fold over the journal. */
export class State {
  readonly buckets = new Map<string, Bucket>();
  readonly uploads = new Map<string, OpenUpload>();

  /** Applies one entry and answers the files that nothing names any more, except those the entry itself takes over. */
  apply(entry: Entry): readonly string[] {
    switch (entry.do) {
      case 'create-bucket':
        this.buckets.set(entry.bucket, { createdMs: entry.createdMs, objects: new SortedKeys() });
        return [];
      case 'remove-bucket':
        this.buckets.delete(entry.bucket);
        return [];
      case 'put':
        return this.#put(entry.bucket, entry.object);
      case 'remove':
        return this.#remove(entry.bucket, entry.key);
      case 'start-upload':
        this.uploads.set(entry.upload.id, { ...entry.upload, parts: new Map() });
        return [];
      case 'put-part':
        return this.#putPart(entry.uploadId, entry.part);
      case 'end-upload':
        return this.#endUpload(entry.uploadId);
    }
  }

  /** The shortest history that leads here. */
  *history(): Generator<Entry> {
    for (const [bucket, { createdMs, objects }] of this.buckets) {
      yield { do: 'create-bucket', bucket, createdMs };
      for (const object of objects.values()) yield { do: 'put', bucket, object };
    }
    for (const { parts, ...upload } of this.uploads.values()) {
      yield { do: 'start-upload', upload };
      for (const part of parts.values()) yield { do: 'put-part', uploadId: upload.id, part };
    }
  }

  /** Every file that is still named. */
  files(): Set<string> {
    const files = new Set<string>();
    for (const { objects } of this.buckets.values()) {
      for (const { segments } of objects.values()) for (const { file } of segments) files.add(file);
    }
    for (const { parts } of this.uploads.values()) for (const { file } of parts.values()) files.add(file);
    return files;
  }

  #put(bucket: string, object: ObjectRecord): readonly string[] {
    const objects = this.buckets.get(bucket)?.objects;
    const replaced = objects?.get(object.key);
    objects?.set(object.key, object);
    return filesOf(replaced?.segments);
  }

  #remove(bucket: string, key: string): readonly string[] {
    const objects = this.buckets.get(bucket)?.objects;
    const removed = objects?.get(key);
    objects?.delete(key);
    return filesOf(removed?.segments);
  }

  #putPart(uploadId: string, part: PartRecord): readonly string[] {
    const parts = this.uploads.get(uploadId)?.parts;
    const replaced = parts?.get(part.partNumber);
    parts?.set(part.partNumber, part);
    return replaced ? [replaced.file] : [];
  }

  #endUpload(uploadId: string): readonly string[] {
    const parts = this.uploads.get(uploadId)?.parts;
    this.uploads.delete(uploadId);
    return filesOf(parts ? [...parts.values()] : undefined);
  }
}

function filesOf(segments: readonly Segment[] | undefined): readonly string[] {
  return segments?.map(({ file }) => file) ?? [];
}
