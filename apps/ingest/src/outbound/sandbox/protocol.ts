import { z } from 'zod';
import { audioContainers, decodeFailureCodes, decodeWarnings } from '@earmark/audio-files';

/** What the sandboxed process may say: signs of life, then exactly one of facts, a verdict, or a fault of the machine. */
export const sandboxMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('alive') }),
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
      warnings: z.array(z.enum(decodeWarnings)),
    }),
  }),
  z.object({ type: z.literal('rejected'), code: z.enum(decodeFailureCodes), message: z.string() }),
  z.object({ type: z.literal('broken'), message: z.string() }),
]);
export type SandboxMessage = z.output<typeof sandboxMessage>;
