import type { z } from 'zod';
import { parseName, type Context, type ContractName } from './names.js';

export interface RpcDefinition<Request extends z.ZodType, Response extends z.ZodType> {
  readonly name: ContractName;
  readonly version: number;
  readonly summary: string;
  readonly request: Request;
  readonly response: Response;
  readonly exampleRequest: z.input<Request>;
  readonly exampleResponse: z.input<Response>;
  /** The caller gives up after this time with the problem `service_unavailable`. */
  readonly timeoutMs: number;
}

/** A question one service asks another. Subject `rpc.<context>.<question>.v<version>`, core NATS. */
export interface RpcContract<Request extends z.ZodType = z.ZodType, Response extends z.ZodType = z.ZodType> extends RpcDefinition<
  Request,
  Response
> {
  readonly kind: 'rpc';
  readonly context: Context;
  readonly subject: string;
}

/** Defines an RPC; throws at import time on a malformed name. */
export function defineRpc<Request extends z.ZodType, Response extends z.ZodType>(
  definition: RpcDefinition<Request, Response>,
): RpcContract<Request, Response> {
  const { context, action } = parseName(definition.name);
  return { ...definition, kind: 'rpc', context, subject: `rpc.${context}.${action}.v${definition.version}` };
}
