import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SandboxedDecoder, type DecoderLimits } from '../../src/outbound/sandboxed-decoder.js';
import type { Rejected } from '../../src/ports.js';
import type { ContentFacts } from '../../src/domain/audio-file.js';

/** What became of a file. */
type Verdict = (ContentFacts & { readonly outcome: 'decoded' }) | Rejected;

/** A temporary folder with a sandboxed decoder in it; `close()` removes all. */
export class SandboxWorkshop {
  private constructor(readonly folder: string) {}

  static async open(): Promise<SandboxWorkshop> {
    return new SandboxWorkshop(await mkdtemp(path.join(tmpdir(), 'sandbox-')));
  }

  decoder(limits: Partial<DecoderLimits> = {}): SandboxedDecoder {
    return new SandboxedDecoder({ workDir: this.folder, limits });
  }

  async place(name: string, bytes: Uint8Array): Promise<string> {
    const file = path.join(this.folder, name);
    await writeFile(file, bytes);
    return file;
  }

  async verdictOn(file: string, limits: Partial<DecoderLimits> = {}): Promise<Verdict> {
    const result = await this.decoder(limits).decode(file, new AbortController().signal);
    if (result.outcome === 'rejected') return result;
    await result.dispose();
    return { outcome: 'decoded', ...result.facts };
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
