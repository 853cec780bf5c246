import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SandboxedDecoder } from '../../src/outbound/sandboxed-decoder.js';
import type { DecodedAudio, DecodeInput, DecoderLimits, RejectedAudio } from '../../src/outbound/sandboxed-decoder.js';
import type { DecodeFacts } from '../../src/domain/decode-verdict.js';

// Compiled specs run from dist/test/decoding; the fixtures stay beside their sources.
const fixtures = fileURLToPath(new URL('../../../test/decoding/fixtures/', import.meta.url));

export function fixturePath(name: string): string {
  return path.join(fixtures, name);
}

export async function fixture(name: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(fixturePath(name)));
}

/** What a test wants to know of a decode. */
export type Verdict = (DecodeFacts & { readonly outcome: 'decoded' }) | RejectedAudio;

/** A temporary folder with a decoder in it; `close()` removes all. */
export class Workshop {
  private constructor(readonly folder: string) {}

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(path.join(tmpdir(), 'decoding-')));
  }

  decoder(limits: Partial<DecoderLimits> = {}): SandboxedDecoder {
    return new SandboxedDecoder({ workDir: this.folder, limits });
  }

  async place(name: string, bytes: Uint8Array): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, bytes);
    return file;
  }

  /** Decodes bytes under a name and returns the verdict alone. */
  async verdictOn(name: string, bytes: Uint8Array, limits: Partial<DecoderLimits> = {}): Promise<Verdict> {
    return summarised(await this.decoder(limits).decode({ path: await this.place(name, bytes), filename: name }));
  }

  async verdictOnFile(input: DecodeInput, limits: Partial<DecoderLimits> = {}): Promise<Verdict> {
    return summarised(await this.decoder(limits).decode(input));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function summarised(result: DecodedAudio | RejectedAudio): Promise<Verdict> {
  if (result.outcome === 'rejected') return result;
  await result.dispose();
  return { outcome: 'decoded', ...result.facts };
}
