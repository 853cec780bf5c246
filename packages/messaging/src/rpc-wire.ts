import { fromReply, Problem, problemKinds, toReply, type ProblemReply } from '@earmark/contracts';
import { z } from 'zod';

/** The answer to an RPC or route call as it travels: the value, or why there is none. */
export type RpcReply = { readonly ok: unknown } | { readonly problem: ProblemReply };

const ReplySchema = z.union([
  z.object({ ok: z.unknown() }).refine((reply) => reply.ok !== undefined),
  z.object({
    problem: z.object({
      code: z.string(),
      detail: z.string(),
      errors: z.array(z.object({ loc: z.array(z.union([z.string(), z.number()])), msg: z.string(), type: z.string() })),
      retryAfterSeconds: z.number().nullable(),
    }),
  }),
]);

export function okReply(value: unknown): RpcReply {
  return { ok: value };
}

export function problemReply(problem: Problem): RpcReply {
  return { problem: toReply(problem) };
}

/** The value of a reply; throws its problem, or `internal` when it is no reply at all. */
export function valueOfReply(raw: unknown): unknown {
  const parsed = ReplySchema.safeParse(raw);
  if (!parsed.success) throw new Problem('internal', 'A service gave an answer that is not one.', { cause: parsed.error });
  if ('ok' in parsed.data) return parsed.data.ok;
  const { code, ...rest } = parsed.data.problem;
  throw fromReply({ ...rest, code: code in problemKinds ? (code as ProblemReply['code']) : 'internal' });
}

/** Names of headers that travel with calls. */
export const headerNames = { traceparent: 'traceparent' } as const;
