import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeFile, DecodeRejection } from '../src/decoding.js';
import type { AudioBounds, DecodeFacts, DecodeFailureCode } from '../src/index.js';

// Compiled specs run from dist/test; the fixtures stay beside their sources.
const fixtures = fileURLToPath(new URL('../../test/fixtures/', import.meta.url));

export async function fixture(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path.join(fixtures, name)));
}

/** What became of a file. Any other exception than a verdict fails the test: hostile bytes may never provoke one. */
export type Verdict =
  (DecodeFacts & { readonly outcome: 'decoded' }) | { readonly outcome: 'rejected'; readonly code: DecodeFailureCode };

const bounds: AudioBounds = { maxDurationMs: 4 * 3_600_000, maxChannels: 32 };

/** A temporary folder in which files are decoded; `close()` removes all. */
export class Workshop {
  private constructor(readonly folder: string) {}

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(path.join(tmpdir(), 'decoding-')));
  }

  get canonicalPath(): string {
    return path.join(this.folder, 'canonical.wav');
  }

  get peaksPath(): string {
    return path.join(this.folder, 'peaks.json');
  }

  async verdictOn(bytes: Uint8Array, limits: Partial<AudioBounds> = {}): Promise<Verdict> {
    const sourcePath = path.join(this.folder, 'original');
    await writeFile(sourcePath, bytes);
    return this.verdictOnFile(sourcePath, limits);
  }

  async verdictOnFile(sourcePath: string, limits: Partial<AudioBounds> = {}): Promise<Verdict> {
    const { canonicalPath: audioPath, peaksPath } = this;
    try {
      return {
        outcome: 'decoded',
        ...(await decodeFile({ sourcePath, audioPath, peaksPath, bounds: { ...bounds, ...limits } })),
      };
    } catch (error) {
      if (error instanceof DecodeRejection) return { outcome: 'rejected', code: error.code };
      throw error;
    }
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
