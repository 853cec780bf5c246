import {
  callSchema,
  Problem,
  type RouteCall,
  type RouteContract,
  type RouteReply,
  type RpcAnswer,
  type RpcContract,
  type RpcRequest,
} from '@earmark/contracts';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { okReply, problemReply, type RpcReply } from './rpc-wire.js';
import { fieldErrors, routeProblem, validationFailed } from './validation.js';

/** Ends the answering. */
export interface Responder {
  stop(): Promise<void>;
}

/**
 * Answers an RPC or a route without Nest: for tests that stand in for another service, and for scripts. The request is parsed, the
 * answer is sent as it is; a thrown Problem becomes the reply, any other error the problem `internal`.
 */
export function answer<Contract extends RpcContract>(
  connection: NatsConnection,
  contract: Contract,
  handle: (request: RpcRequest<Contract>) => RpcAnswer<Contract> | Promise<RpcAnswer<Contract>>,
): Responder;
export function answer<Route extends RouteContract>(
  connection: NatsConnection,
  route: Route,
  handle: (call: RouteCall<Route>) => RouteReply<Route> | Promise<RouteReply<Route>>,
): Responder;
export function answer(
  connection: NatsConnection,
  contract: RpcContract | RouteContract,
  handle: (request: never) => unknown,
): Responder {
  const reply = async (message: Msg): Promise<void> => {
    message.respond(JSON.stringify(await replyTo(message, contract, handle as (request: unknown) => unknown)));
  };
  const callback = (_error: Error | null, message: Msg): void => void reply(message);
  const subscription = connection.subscribe(contract.subject, { queue: contract.context, callback });
  return { stop: () => subscription.drain() };
}

async function replyTo(
  message: Msg,
  contract: RpcContract | RouteContract,
  handle: (request: unknown) => unknown,
): Promise<RpcReply> {
  try {
    const value = await handle(parse(contract, message.json()));
    return okReply(contract.kind === 'rpc' ? value : { etag: null, ...(value as object) });
  } catch (error) {
    return problemReply(error instanceof Problem ? error : new Problem('internal', String(error)));
  }
}

function parse(contract: RpcContract | RouteContract, raw: unknown): unknown {
  const schema = contract.kind === 'rpc' ? contract.request : callSchema(contract);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw contract.kind === 'rpc' ? validationFailed(fieldErrors(parsed.error)) : routeProblem(contract, parsed.error);
}
