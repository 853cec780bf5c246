import {
  callSchema,
  Problem,
  replySchema,
  type CallContext,
  type RouteContract,
  type RpcContract,
  type RpcResponse,
} from '@earmark/contracts';
import { currentTrace, startTrace, type Logger } from '@earmark/service-kit';
import { headers, NoRespondersError, type NatsConnection } from '@nats-io/transport-node';
import type { z } from 'zod';
import { ConnectionState } from './connection-state.js';
import { fieldErrors, routeProblem, validationFailed } from './validation.js';
import { headerNames, valueOfReply } from './rpc-wire.js';

export interface CallRequest<Route extends RouteContract> {
  readonly context: CallContext;
  readonly params?: z.input<Route['params']>;
  readonly query?: z.input<Route['query']>;
  readonly body?: z.input<Route['body']>;
}

export interface CallReply<Route extends RouteContract> {
  readonly body: z.output<Route['answer']>;
  readonly etag: string | null;
}

/** Pause before a request that reached nobody is sent again. */
const AGAIN_AFTER_MS = 100;
/** A service that nobody answers for so long is away; services re-subscribe, and copies take over, well within it. */
const NOBODY_MS = 3_000;
const BROKEN = new Error('The connection to NATS broke.');
const READ_ONLY = /^(find|list|count|read|get)-/;

/** Asks other services. Parses both ways; a problem in the reply is thrown; nobody there or too late is `service_unavailable`. */
export class RpcClient {
  readonly #connection: NatsConnection;
  readonly #logger: Logger;
  readonly #state: ConnectionState;

  constructor({ connection, logger }: { connection: NatsConnection; logger: Logger }) {
    this.#connection = connection;
    this.#logger = logger;
    this.#state = ConnectionState.of(connection);
  }

  /** Asks an RPC contract; `timeoutMs` instead of the contract's. */
  async ask<Contract extends RpcContract>(
    contract: Contract,
    request: z.input<Contract['request']>,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<RpcResponse<Contract>> {
    const parsed = contract.request.safeParse(request);
    if (!parsed.success) throw validationFailed(fieldErrors(parsed.error));
    const readOnly = READ_ONLY.test(contract.name.split('.')[1] ?? '');
    const value = await this.#exchange(contract.subject, request, options.timeoutMs ?? contract.timeoutMs, readOnly);
    return this.#parse(contract.name, contract.response, value) as RpcResponse<Contract>;
  }

  /** Calls a route's owner with the raw values of the HTTP request (absent parts are empty objects). */
  async call<Route extends RouteContract>(route: Route, request: CallRequest<Route>): Promise<CallReply<Route>> {
    const { context, params = {}, query = {}, body = {} } = request;
    const call = { context, params, query, body };
    const parsed = callSchema(route).safeParse(call);
    if (!parsed.success) throw routeProblem(route, parsed.error);
    const value = await this.#exchange(route.subject, call, route.timeoutMs, route.method === 'GET');
    return this.#parse(route.name, replySchema(route), value) as CallReply<Route>;
  }

  async #exchange(subject: string, request: unknown, timeoutMs: number, readOnly: boolean): Promise<unknown> {
    const data = JSON.stringify(request);
    const ask = (): Promise<unknown> => this.#askSomebody(subject, data, timeoutMs);
    try {
      return valueOfReply(await (readOnly ? this.#againWhenCut(ask) : ask()));
    } catch (error) {
      throw error instanceof Problem ? error : unavailable(subject, error);
    }
  }

  /**
   * Asks until somebody is there, for at most {@link NOBODY_MS}: a request that reached nobody had no effect, and a service that
   * restarts is back, or another copy of it takes over, within that time.
   */
  async #askSomebody(subject: string, data: string, timeoutMs: number): Promise<unknown> {
    const endMs = performance.now() + timeoutMs;
    const patienceMs = performance.now() + Math.min(timeoutMs, NOBODY_MS);
    for (;;) {
      try {
        return await this.#request(subject, data, Math.max(1, endMs - performance.now()));
      } catch (error) {
        if (!isNobodyThere(error) || performance.now() + AGAIN_AFTER_MS > patienceMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      }
    }
  }

  /** Only questions are asked again when the connection broke before the answer: what changes something may have been done. */
  async #againWhenCut(ask: () => Promise<unknown>): Promise<unknown> {
    let forget: () => unknown = () => undefined;
    const broken = new Promise<never>((_resolve, reject) => (forget = this.#state.onLost(() => reject(BROKEN))));
    try {
      return await Promise.race([ask(), broken]);
    } catch (error) {
      if (error !== BROKEN) throw error;
      return await ask();
    } finally {
      forget();
    }
  }

  async #request(subject: string, data: string, timeoutMs: number): Promise<unknown> {
    const carried = headers();
    carried.set(headerNames.traceparent, (currentTrace() ?? startTrace()).traceparent);
    const timeout = await this.#state.whenConnected(timeoutMs);
    const message = await this.#connection.request(subject, data, { timeout, headers: carried });
    return message.json();
  }

  #parse(name: string, schema: z.ZodType, value: unknown): unknown {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    this.#logger.error({ contract: name, error: parsed.error }, 'a reply does not fit its contract');
    throw new Problem('internal', 'A service gave an answer that does not fit its contract.', { cause: parsed.error });
  }
}

function isNobodyThere(error: unknown): boolean {
  return error instanceof NoRespondersError || (error instanceof Error && error.cause instanceof NoRespondersError);
}

function unavailable(subject: string, cause: unknown): Problem {
  const service = subject.split('.')[1] ?? subject;
  return new Problem('service_unavailable', `The service ${service} does not answer at the moment.`, {
    retryAfterSeconds: 1,
    cause,
  });
}
