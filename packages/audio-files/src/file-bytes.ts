import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** A file read at random or in a stream. */
export class FileBytes {
  private constructor(
    private readonly handle: FileHandle,
    readonly sizeBytes: number,
  ) {}

  static async open(path: string): Promise<FileBytes> {
    const handle = await open(path, 'r');
    return new FileBytes(handle, (await handle.stat()).size);
  }

  /** Bytes [at, at + length), fewer where the file ends; always a buffer of its own. */
  async read(at: number, length: number): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - at));
    const bytes = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const { bytesRead } = await this.handle.read(bytes, filled, wanted - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === wanted ? bytes : bytes.subarray(0, filled);
  }

  /** Fills `target` with the bytes from `at` on, at once and in this thread; answers how many, fewer only where the file ends. */
  readInto(target: Uint8Array, at: number): number {
    let filled = 0;
    while (filled < target.length) {
      const count = readSync(this.handle.fd, target, filled, target.length - filled, at + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled;
  }

  /** The file from `from` to before `to`, in pieces of `pieceBytes`. */
  async *stream(from: number, to: number, pieceBytes: number): AsyncGenerator<Uint8Array> {
    const end = Math.min(to, this.sizeBytes);
    for (let at = from; at < end;) {
      const piece = await this.read(at, Math.min(pieceBytes, end - at));
      if (piece.length === 0) return;
      at += piece.length;
      yield piece;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
