import { createHash } from 'node:crypto';
import { callSchema, Problem, replySchema, type CallContext, type RpcContract } from '@earmark/contracts';
import {
  fieldErrors,
  headerNames,
  okReply,
  problemReply,
  routeProblem,
  type RpcReply,
  validationFailed,
} from '@earmark/messaging';
import { asProblem, IdempotencyLedger, metrics, startTrace, withTrace, type Logger, type UnitOfWork } from '@earmark/service-kit';
import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { NatsContext } from '@nestjs/microservices';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { z } from 'zod';
import { LOGGER, UNIT_OF_WORK } from '../tokens.js';
import { handlerOf, type Handler } from './handler-metadata.js';

type RouteHandler = Extract<Handler, { kind: 'route' }>;
type CallHandlerMethod = Extract<Handler, { kind: 'route' | 'rpc' }>;
type Handle = (request: unknown) => Promise<unknown>;

const durations = metrics.histogram({
  name: 'earmark_call_seconds',
  help: 'Time to answer a route call or RPC',
  labels: ['contract', 'outcome'],
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
});

/** Around every route and RPC handler: parse the request, honour the idempotency key, handle, parse the answer; problems become replies. */
@Injectable()
export class CallInterceptor implements NestInterceptor {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly uow: UnitOfWork,
    @Inject(IdempotencyLedger) private readonly ledger: IdempotencyLedger,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<RpcReply> {
    const handler = handlerOf(context.getHandler());
    if (handler?.kind !== 'route' && handler?.kind !== 'rpc') throw new Error('CallInterceptor guards routes and RPCs only.');
    const args = context.getArgs<[unknown, NatsContext]>();
    // Nest hands the handler the very array that the interceptor sees, so this is how it gets the parsed request.
    const handle: Handle = (request) => {
      args[0] = request;
      return lastValueFrom(next.handle() as Observable<unknown>);
    };
    const traceparent = (args[1].getHeaders() as { get(name: string): string } | undefined)?.get(headerNames.traceparent);
    return from(withTrace(startTrace(traceparent), () => this.#reply(handler, args[0], handle)));
  }

  async #reply(handler: CallHandlerMethod, raw: unknown, handle: Handle): Promise<RpcReply> {
    const { name } = handler.kind === 'route' ? handler.route : handler.contract;
    const end = durations.startTimer({ contract: name });
    try {
      const value =
        handler.kind === 'route' ? await this.#route(handler, raw, handle) : await this.#rpc(handler.contract, raw, handle);
      end({ outcome: 'ok' });
      return okReply(value);
    } catch (error) {
      const problem = asProblem(error) ?? new Problem('internal', 'Something went wrong on our side.', { cause: error });
      end({ outcome: problem.code });
      this.#log(name, problem, error);
      return problemReply(problem);
    }
  }

  #log(contract: string, problem: Problem, error: unknown): void {
    if (problem.code === 'internal') this.logger.error({ contract, error }, 'a call failed by a bug');
    else if (problem.kind.status >= 500) this.logger.warn({ contract, code: problem.code, error }, 'a call failed');
    else this.logger.debug({ contract, code: problem.code, detail: problem.detail }, 'a call was refused');
  }

  async #rpc(contract: RpcContract, raw: unknown, handle: Handle): Promise<unknown> {
    const request = contract.request.safeParse(raw);
    if (!request.success) throw validationFailed(fieldErrors(request.error));
    return parseAnswer(contract.name, contract.response, await handle(request.data));
  }

  async #route(handler: RouteHandler, raw: unknown, handle: Handle): Promise<unknown> {
    const { route } = handler;
    const call = callSchema(route).safeParse(raw);
    if (!call.success) throw routeProblem(route, call.error);
    const answer = async (): Promise<unknown> => parseAnswer(route.name, replySchema(route), await handle(call.data));
    const { context } = call.data;
    if (route.method !== 'POST' || context.idempotencyKey === null) return answer();
    return this.#once(handler, context, context.idempotencyKey, raw, answer);
  }

  /**
   * The first answer for an idempotency key is stored with the effect, later ones are replayed without its secrets. The transaction
   * begins with the handler's own: what the handler asks of other services before holds no connection.
   */
  async #once(
    handler: RouteHandler,
    { tenantId, requestHash }: CallContext,
    key: string,
    raw: unknown,
    answer: () => Promise<unknown>,
  ): Promise<unknown> {
    const request = { tenantId, route: handler.route.name, key, bodyHash: requestHash ?? hashOf(raw) };
    const known = await this.ledger.claim(request);
    if ('reply' in known) return known.reply;
    const { claim } = known;
    const begin = (): Promise<void> => this.ledger.confirm(claim);
    const end = (reply: unknown): Promise<void> =>
      this.ledger.finish(claim, handler.route.status, withoutSecrets(reply, handler.secretFields));
    try {
      return await this.uow.deferred({ begin, end }, answer);
    } catch (error) {
      // Without the release the claim ends by itself; what the handler says matters more.
      await this.ledger.release(claim).catch((failure: unknown) => this.logger.warn({ error: failure }, 'a claim stays open'));
      throw error;
    }
  }
}

function parseAnswer(name: string, schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`The answer of ${name} does not fit its contract: ${parsed.error.message}`);
  return parsed.data;
}

function withoutSecrets(reply: unknown, secretFields: readonly string[]): unknown {
  const { body, ...rest } = reply as { body: Record<string, unknown> };
  return { ...rest, body: { ...body, ...Object.fromEntries(secretFields.map((field) => [field, null])) } };
}

/** For callers that send no hash: the same parts of the request that the gateway hashes. */
function hashOf(raw: unknown): string {
  const { params, query, body } = raw as Record<string, unknown>;
  return createHash('sha256')
    .update(JSON.stringify([params, query, body]))
    .digest('hex');
}
