import fs from 'node:fs/promises';
import path from 'node:path';
import { S3Error, translateDiskError } from './s3-error.js';

/** Opens the journal for appending; replaced in tests to fill the disk. */
export type OpenFile = (file: string, flags: string) => Promise<fs.FileHandle>;

/**
 * An append-only file with one JSON value per line; a line counts once it is there with its line end.
 *
 * Appends wait for the disk (fsync). A torn last line, from a kill or a power cut, is cut off at the next start.
 */
export class Journal<T> {
  #sizeBytes = 0;
  #lines = 0;
  #broken: unknown;

  private constructor(
    private readonly file: string,
    private handle: fs.FileHandle,
    private readonly open: OpenFile,
  ) {}

  /** Opens the journal and gives every line to `onLine` in order; a line that is not JSON is passed over. */
  static async open<T>(file: string, onLine: (value: T) => void, open: OpenFile = fs.open): Promise<Journal<T>> {
    const journal = new Journal<T>(file, await open(file, 'a+'), open);
    await journal.#replay(onLine);
    return journal;
  }

  /** Lines in the file, to judge whether it is worth rewriting. */
  get lines(): number {
    return this.#lines;
  }

  /** Adds lines; all are on the disk when this resolves, none counts when it rejects. */
  async append(values: readonly T[]): Promise<void> {
    if (this.#broken !== undefined)
      throw new S3Error('InternalError', 'The journal is damaged; restart the server.', { cause: this.#broken });
    const bytes = Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
    try {
      await writeAll(this.handle, bytes);
      await this.handle.datasync();
    } catch (error) {
      await this.#cutBack();
      throw translateDiskError(error);
    }
    this.#sizeBytes += bytes.length;
    this.#lines += values.length;
  }

  /** Replaces the whole content in one step. */
  async rewrite(values: Iterable<T>): Promise<void> {
    const temporary = `${this.file}.new`;
    const handle = await this.open(temporary, 'w');
    let lines = 0;
    let sizeBytes = 0;
    try {
      for (const value of values) {
        const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
        await writeAll(handle, bytes);
        sizeBytes += bytes.length;
        lines += 1;
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, this.file);
    await syncDirectory(path.dirname(this.file));
    await this.handle.close();
    this.handle = await this.open(this.file, 'a+');
    this.#sizeBytes = sizeBytes;
    this.#lines = lines;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  async #replay(onLine: (value: T) => void): Promise<void> {
    const bytes = await fs.readFile(this.file);
    for (let start = 0, end = bytes.indexOf(10); end >= 0; start = end + 1, end = bytes.indexOf(10, start)) {
      const value = parseLine<T>(bytes.toString('utf8', start, end));
      if (value !== undefined) onLine(value);
      this.#sizeBytes = end + 1;
      this.#lines += 1;
    }
    if (this.#sizeBytes < bytes.length) await this.handle.truncate(this.#sizeBytes);
  }

  /** Removes what a failed append left, so that it cannot come to life at the next start. */
  async #cutBack(): Promise<void> {
    try {
      await this.handle.truncate(this.#sizeBytes);
      await this.handle.datasync();
    } catch (error) {
      this.#broken = error;
    }
  }
}

/** Waits until the names in a folder are on the disk. */
export async function syncDirectory(dir: string): Promise<void> {
  const handle = await fs.open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes all bytes: one write may take fewer. */
export async function writeAll(handle: fs.FileHandle, bytes: Uint8Array): Promise<void> {
  for (let offset = 0; offset < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, offset, bytes.length - offset);
    offset += bytesWritten;
  }
}

function parseLine<T>(line: string): T | undefined {
  try {
    return JSON.parse(line) as T;
  } catch {
    return undefined; // a line half written before an earlier crash
  }
}
