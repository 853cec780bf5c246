import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AudioBounds } from '@earmark/audio-files';
import type { DecodeOrder } from '@earmark/audio-files/decoding';
import { Problem } from '@earmark/contracts';
import type { AudioDecoder, Decoded, Rejected } from '../ports.js';
import { SandboxProcess, type SandboxExit, type SandboxLimits } from './sandbox/process.js';
import { sandboxMessage, type SandboxMessage } from './sandbox/protocol.js';

export interface DecoderLimits extends AudioBounds, SandboxLimits {}

const defaultLimits: DecoderLimits = {
  maxDurationMs: 4 * 3_600_000,
  maxChannels: 32,
  memoryBytes: 640 * 1_048_576,
  cpuSeconds: 600,
  wallClockMs: 1_800_000,
  stallMs: 60_000,
};

/** With less, Node hangs in its start instead of failing. */
const minMemoryBytes = 160 * 1_048_576;

const childPath = fileURLToPath(new URL('./sandbox/child.js', import.meta.url));

/** Decodes untrusted audio, one file per process: whatever a file does, only that process suffers. */
export class SandboxedDecoder implements AudioDecoder {
  readonly #workDir: string;
  readonly #limits: DecoderLimits;

  /** @param options `workDir` must exist; it needs 115 MB per hour of audio */
  constructor(options: { readonly workDir: string; readonly limits?: Partial<DecoderLimits> }) {
    this.#workDir = options.workDir;
    this.#limits = { ...defaultLimits, ...options.limits };
    if (this.#limits.memoryBytes < minMemoryBytes) throw new RangeError('a decoder needs 160 MiB of memory to start at all');
  }

  /**
   * @returns the canonical audio, or the verdict that there is none
   * @throws Problem service_unavailable when the machine failed; the signal's reason when aborted
   */
  async decode(sourcePath: string, signal: AbortSignal): Promise<Decoded | Rejected> {
    signal.throwIfAborted();
    const folder = await mkdtemp(path.join(this.#workDir, 'decode-'));
    const dispose = () => rm(folder, { recursive: true, force: true });
    try {
      const order = this.#orderFor(sourcePath, folder);
      const last = await this.#run(order, signal);
      if (last.type === 'decoded') return { ...decoded(order, last.facts), dispose };
      await dispose();
      return { outcome: 'rejected', code: last.code, message: last.message };
    } catch (error) {
      await dispose();
      signal.throwIfAborted();
      throw error;
    }
  }

  #orderFor(sourcePath: string, folder: string): DecodeOrder {
    const { maxDurationMs, maxChannels } = this.#limits;
    return {
      sourcePath: path.resolve(sourcePath),
      audioPath: path.join(folder, 'canonical.wav'),
      peaksPath: path.join(folder, 'peaks.json'),
      bounds: { maxDurationMs, maxChannels },
    };
  }

  async #run(order: DecodeOrder, signal: AbortSignal): Promise<Verdict> {
    let last: SandboxMessage | undefined;
    const child = new SandboxProcess(childPath, this.#limits, (raw) => {
      const message = sandboxMessage.safeParse(raw);
      if (!message.success) last = { type: 'broken', message: `a message that is none: ${message.error.message}` };
      else if (message.data.type !== 'alive') last ??= message.data;
    });
    const abort = () => child.kill('it was cancelled');
    signal.addEventListener('abort', abort);
    try {
      child.send(order);
      const exit = await child.exited;
      signal.throwIfAborted();
      return verdictOf(last, exit);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}

type Verdict = Extract<SandboxMessage, { type: 'decoded' | 'rejected' }>;

function decoded({ audioPath, peaksPath }: DecodeOrder, facts: Extract<Verdict, { type: 'decoded' }>['facts']) {
  const { container, durationMs, sampleRateHz, channels, warnings } = facts;
  return {
    outcome: 'decoded' as const,
    canonicalPath: audioPath,
    peaksPath,
    facts: { container, sampleRateHz, channels, durationMs: Math.round(durationMs), warnings },
  };
}

const memorySigns = /out of memory|allocation failed|bad_alloc/i;
const crashes: readonly (NodeJS.Signals | null)[] = ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT', 'SIGTRAP'];

/** What a process said last, or what its end says about the file. */
function verdictOf(last: SandboxMessage | undefined, exit: SandboxExit): Verdict {
  if (last?.type === 'decoded' || last?.type === 'rejected') return last;
  if (last?.type === 'broken') throw brokenDecoder(last.message);
  if (exit.killedFor !== null) return limitsExceeded(`Decoding was stopped because ${exit.killedFor}.`);
  if (exit.signal === 'SIGXCPU') return limitsExceeded('Decoding was stopped because it took too much processor time.');
  if (memorySigns.test(exit.complaint)) return limitsExceeded('Decoding was stopped because it used too much memory.');
  if (crashes.includes(exit.signal))
    return { type: 'rejected', code: 'undecodable', message: 'The decoder crashed on this file.' };
  throw brokenDecoder(`it ended with ${exit.signal ?? `code ${exit.code}`} and no verdict: ${exit.complaint.slice(-500)}`);
}

function limitsExceeded(message: string): Verdict {
  return { type: 'rejected', code: 'limits_exceeded', message };
}

/** No disk left, or killed from outside: worth another delivery. */
function brokenDecoder(reason: string): Problem {
  return new Problem('service_unavailable', 'The decoder broke down.', { cause: new Error(reason) });
}
