import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import type { DecodeOrder } from '../decoding/decode-file.js';
import { sandboxMessage } from '../decoding/sandbox-protocol.js';
import type { SandboxMessage } from '../decoding/sandbox-protocol.js';
import type { DeclaredType } from '../domain/declared-type.js';
import type { AudioBounds, DecodeFacts, DecodeFailureCode } from '../domain/decode-verdict.js';
import { SandboxProcess } from './sandbox-process.js';
import type { SandboxExit, SandboxLimits } from './sandbox-process.js';

/** The original: a file on this machine, or its bytes, which are spooled to one. */
export type DecodeInput = DeclaredType & ({ readonly path: string } | { readonly stream: Readable });

export interface DecodeOptions {
  /** Aborting kills the decoder at once; decode() then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** The share of the file that was read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** A decoded file. `dispose()` removes the two files; the caller must call it. */
export interface DecodedAudio {
  readonly outcome: 'decoded';
  /** Mono 16 kHz 16-bit WAV. */
  readonly canonicalPath: string;
  /** The waveform's outline, JSON. */
  readonly peaksPath: string;
  readonly facts: DecodeFacts;
  readonly dispose: () => Promise<void>;
}

/** The verdict that a file cannot be used; trying again would not help. */
export interface RejectedAudio {
  readonly outcome: 'rejected';
  readonly code: DecodeFailureCode;
  readonly message: string;
}

/** The decoder broke down for a reason that is not the file's: no disk left, killed from outside. Worth another try. */
export class DecoderBroken extends Error {
  override readonly name = 'DecoderBroken';
}

export interface DecoderLimits extends AudioBounds, SandboxLimits {}

export const defaultDecoderLimits: DecoderLimits = {
  maxDurationMs: 4 * 3_600_000,
  maxChannels: 32,
  memoryBytes: 640 * 1_048_576,
  cpuSeconds: 600,
  wallClockMs: 1_800_000,
  stallMs: 60_000,
};

/** With less, Node hangs in its start instead of failing. */
const minMemoryBytes = 160 * 1_048_576;

const childPath = fileURLToPath(new URL('../decoding/child.js', import.meta.url));

/** Decodes untrusted audio, one file per process: whatever a file does, only that process suffers. */
export class SandboxedDecoder {
  private readonly workDir: string;
  private readonly limits: DecoderLimits;

  /** @param options `workDir` must exist; it needs room for the original and 115 MB per hour of audio */
  constructor(options: { readonly workDir: string; readonly limits?: Partial<DecoderLimits> }) {
    this.workDir = options.workDir;
    this.limits = { ...defaultDecoderLimits, ...options.limits };
    if (this.limits.memoryBytes < minMemoryBytes) throw new RangeError('a decoder needs 160 MiB of memory to start at all');
  }

  /**
   * @returns the canonical audio, or the verdict that there is none
   * @throws DecoderBroken when the machine failed; the signal's reason when aborted; what the input stream threw
   */
  async decode(input: DecodeInput, { signal, onProgress }: DecodeOptions = {}): Promise<DecodedAudio | RejectedAudio> {
    signal?.throwIfAborted();
    const folder = await mkdtemp(path.join(this.workDir, 'decode-'));
    const dispose = () => rm(folder, { recursive: true, force: true });
    try {
      const order = this.orderFor(input, folder);
      if ('stream' in input) await pipeline(input.stream, createWriteStream(order.sourcePath), signal ? { signal } : {});
      const last = await this.run(order, signal, onProgress);
      if ('stream' in input) await rm(order.sourcePath);
      if (last.type === 'decoded')
        return { outcome: 'decoded', canonicalPath: order.audioPath, peaksPath: order.peaksPath, facts: last.facts, dispose };
      await dispose();
      return { outcome: 'rejected', code: last.code, message: last.message };
    } catch (error) {
      await dispose();
      signal?.throwIfAborted();
      throw error;
    }
  }

  private orderFor(input: DecodeInput, folder: string): DecodeOrder {
    const { maxDurationMs, maxChannels } = this.limits;
    return {
      sourcePath: 'path' in input ? path.resolve(input.path) : path.join(folder, 'original'),
      audioPath: path.join(folder, 'canonical.wav'),
      peaksPath: path.join(folder, 'peaks.json'),
      declared: {
        ...(input.filename === undefined ? {} : { filename: input.filename }),
        ...(input.contentType === undefined ? {} : { contentType: input.contentType }),
      },
      bounds: { maxDurationMs, maxChannels },
    };
  }

  private async run(
    order: DecodeOrder,
    signal: AbortSignal | undefined,
    onProgress: DecodeOptions['onProgress'],
  ): Promise<Verdict> {
    let last: SandboxMessage | undefined;
    const child = new SandboxProcess(childPath, this.limits, (raw) => {
      const message = sandboxMessage.safeParse(raw);
      if (!message.success) last = { type: 'broken', message: `a message that is none: ${message.error.message}` };
      else if (message.data.type === 'progress') onProgress?.(message.data.share);
      else last ??= message.data;
    });
    const abort = () => child.kill('it was cancelled');
    signal?.addEventListener('abort', abort);
    try {
      child.send(order);
      const exit = await child.exited;
      signal?.throwIfAborted();
      return verdictOf(last, exit);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

type Verdict = Extract<SandboxMessage, { type: 'decoded' | 'rejected' }>;

const memorySigns = /out of memory|allocation failed|bad_alloc/i;

/** What a process said last, or what its end says about the file. */
function verdictOf(last: SandboxMessage | undefined, exit: SandboxExit): Verdict {
  if (last?.type === 'decoded' || last?.type === 'rejected') return last;
  if (last?.type === 'broken') throw new DecoderBroken(last.message);
  if (exit.killedFor !== null) return limitsExceeded(`Decoding was stopped because ${exit.killedFor}.`);
  if (exit.signal === 'SIGXCPU') return limitsExceeded('Decoding was stopped because it took too much processor time.');
  if (memorySigns.test(exit.complaint)) return limitsExceeded('Decoding was stopped because it used too much memory.');
  const crashes: readonly (NodeJS.Signals | null)[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'];
  if (crashes.includes(exit.signal))
    return { type: 'rejected', code: 'undecodable', message: 'The decoder crashed on this file.' };
  throw new DecoderBroken(
    `the decoder ended with ${exit.signal ?? `code ${exit.code}`} and no verdict: ${exit.complaint.slice(-500)}`,
  );
}

function limitsExceeded(message: string): Verdict {
  return { type: 'rejected', code: 'limits_exceeded', message };
}
