import { z } from 'zod';
import { audioErrorCodes } from '@earmark/contracts';
import { audioContainers } from '../domain/sniff-audio.js';

/** What the sandboxed process may say: progress, then exactly one of facts, a verdict, or its own breakdown. */
export const sandboxMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), share: z.number() }),
  z.object({
    type: z.literal('decoded'),
    facts: z.object({
      container: z.enum(audioContainers),
      codec: z.string(),
      sampleRateHz: z.number(),
      channels: z.number(),
      durationMs: z.number(),
      sampleCount: z.number(),
      canonicalSampleCount: z.number(),
      containerDurationMs: z.number().nullable(),
      warnings: z.array(z.enum(['silent', 'extension_mismatch', 'truncated'])),
    }),
  }),
  z.object({ type: z.literal('rejected'), code: z.enum(audioErrorCodes).exclude(['hash_mismatch']), message: z.string() }),
  z.object({ type: z.literal('broken'), message: z.string() }),
]);
export type SandboxMessage = z.output<typeof sandboxMessage>;
