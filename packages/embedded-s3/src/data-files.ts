import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type OpenFile, syncDirectory, writeAll } from './journal.js';
import { translateDiskError } from './s3-error.js';
import type { Segment } from './state.js';

const READ_CHUNK_BYTES = 256 * 1024;

/** A file just written, with the digests of its bytes in hex; `sha256` only when it was asked for. */
export interface WrittenFile extends Segment {
  readonly md5: string;
  readonly sha256?: string;
}

/**
 * Files of bytes in one folder, each written once and never changed.
 *
 * A file that no journal line names is rubbish: that makes writing atomic, and {@link sweep} removes what a kill left.
 */
export class DataFiles {
  readonly #readers = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(
    private readonly dir: string,
    private readonly open: OpenFile = fs.open,
  ) {}

  /** Writes a new file from a stream in constant memory and waits for the disk; nothing stays behind when it fails. */
  async write(source: AsyncIterable<Buffer>, options: { sha256: boolean }): Promise<WrittenFile> {
    const file = newName();
    const md5 = createHash('md5');
    const sha256 = options.sha256 ? createHash('sha256') : undefined;
    let sizeBytes = 0;
    const handle = await this.#openForWriting(file);
    try {
      for await (const chunk of source) {
        md5.update(chunk);
        sha256?.update(chunk);
        await writeAll(handle, chunk);
        sizeBytes += chunk.length;
      }
      await handle.datasync();
      await handle.close();
    } catch (error) {
      await handle.close().catch(() => undefined);
      await this.drop([file]);
      throw translateDiskError(error);
    }
    const written = { file, sizeBytes, md5: md5.digest('hex') };
    return sha256 ? { ...written, sha256: sha256.digest('hex') } : written;
  }

  /** A second name for the same bytes, without copying them where the file system can. */
  async duplicate(segment: Segment): Promise<Segment> {
    const file = newName();
    try {
      await fs.link(this.#path(segment.file), this.#path(file)).catch((error: unknown) => {
        if ((error as { code?: string }).code === 'ENOSPC') throw error;
        return fs.copyFile(this.#path(segment.file), this.#path(file));
      });
      return { file, sizeBytes: segment.sizeBytes };
    } catch (error) {
      await this.drop([file]);
      throw translateDiskError(error);
    }
  }

  /** Bytes `[startByte, endByte)` of segments laid end to end. */
  async *read(segments: readonly Segment[], startByte: number, endByte: number): AsyncGenerator<Buffer> {
    for (const { file, start, end } of slices(segments, startByte, endByte)) {
      const stream = createReadStream(this.#path(file), { start, end: end - 1, highWaterMark: READ_CHUNK_BYTES });
      for await (const chunk of stream) yield chunk as Buffer;
    }
  }

  /** As {@link read}, into a stream that is left open; fails when the reader leaves. */
  async send(segments: readonly Segment[], startByte: number, endByte: number, target: Writable): Promise<void> {
    await pipeline(this.read(segments, startByte, endByte), target, { end: false });
  }

  /** Keeps files while `use` reads them, even when they are dropped meanwhile. */
  async holding<T>(segments: readonly Segment[], use: () => Promise<T>): Promise<T> {
    for (const { file } of segments) this.#readers.set(file, (this.#readers.get(file) ?? 0) + 1);
    try {
      return await use();
    } finally {
      await this.#release(segments);
    }
  }

  /** Removes files, or lets their last reader do so. A file that cannot be removed now goes at the next start. */
  async drop(files: readonly string[]): Promise<void> {
    for (const file of files) {
      if (this.#readers.has(file)) this.#doomed.add(file);
      else await fs.rm(this.#path(file), { force: true }).catch(() => undefined);
    }
  }

  /** Waits until the names of all files are on the disk. */
  async syncNames(): Promise<void> {
    await syncDirectory(this.dir);
  }

  /** Removes every file that is not in `named`, and answers how many. */
  async sweep(named: ReadonlySet<string>): Promise<number> {
    const rubbish = (await fs.readdir(this.dir)).filter((file) => !named.has(file));
    await this.drop(rubbish);
    return rubbish.length;
  }

  async #openForWriting(file: string): Promise<fs.FileHandle> {
    try {
      return await this.open(this.#path(file), 'wx');
    } catch (error) {
      throw translateDiskError(error);
    }
  }

  async #release(segments: readonly Segment[]): Promise<void> {
    for (const { file } of segments) {
      const left = (this.#readers.get(file) ?? 1) - 1;
      if (left > 0) {
        this.#readers.set(file, left);
        continue;
      }
      this.#readers.delete(file);
      if (this.#doomed.delete(file)) await this.drop([file]);
    }
  }

  #path(file: string): string {
    return path.join(this.dir, file);
  }
}

function newName(): string {
  return randomBytes(16).toString('hex');
}

function* slices(
  segments: readonly Segment[],
  startByte: number,
  endByte: number,
): Generator<{ file: string; start: number; end: number }> {
  let offset = 0;
  for (const { file, sizeBytes } of segments) {
    const start = Math.max(0, startByte - offset);
    const end = Math.min(sizeBytes, endByte - offset);
    if (start < end) yield { file, start, end };
    offset += sizeBytes;
  }
}
