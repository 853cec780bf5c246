import { Problem } from '@earmark/contracts';
import type { DeclaredType } from '../domain/declared-type.js';
import type { AudioDecoder, Decoded, Rejected } from '../ports.js';
import { DecoderBroken, type SandboxedDecoder } from './sandboxed-decoder.js';

/** The sandboxed decoder as the use-case needs it: warnings about a file's name are left to the file. */
export class SandboxAudioDecoder implements AudioDecoder {
  constructor(private readonly decoder: SandboxedDecoder) {}

  async decode(input: DeclaredType & { path: string }, signal: AbortSignal): Promise<Decoded | Rejected> {
    const result = await this.decoder.decode(input, { signal }).catch((error: unknown) => {
      throw error instanceof DecoderBroken
        ? new Problem('service_unavailable', 'The decoder broke down.', { cause: error })
        : error;
    });
    if (result.outcome === 'rejected') return result;
    const { container, durationMs, sampleRateHz, channels, warnings } = result.facts;
    return {
      ...result,
      facts: {
        ...{ container, sampleRateHz, channels },
        durationMs: Math.round(durationMs),
        warnings: warnings.filter((warning) => warning !== 'extension_mismatch'),
      },
    };
  }
}
