import type {
  EventContract,
  EventPayload,
  JobContract,
  JobPayload,
  Message,
  RouteCall,
  RouteContract,
  RouteReply,
  RpcAnswer,
  RpcContract,
  RpcRequest,
} from '@earmark/contracts';
import type { Outcome, Work } from '@earmark/service-kit';
import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { CallInterceptor } from './call-interceptor.js';
import { HANDLER, type Chosen, type Handler, type LaneChoice, type TaskSettings } from './handler-metadata.js';

/** A decorator for methods that can be called with `Args` and promise `Result`; it may take fewer arguments. */
type HandlerDecorator<Args extends unknown[], Result> = <Method extends (...args: Args) => Promise<Result>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

const SWEEP_EVERY_MS = 30_000;

const mark = (handler: Handler): MethodDecorator => SetMetadata(HANDLER, handler);

/** What an event handler learns beside the payload. */
export interface EventMeta {
  readonly messageId: string;
  /** When it happened. */
  readonly time: Date;
}

export interface RouteOptions {
  /** Fields of the answer's body that a replay for an idempotency key answers with null, such as a new API key. */
  readonly secretFields?: readonly string[];
}

/** The method answers this REST route: parsed call in, `{ body, etag? }` out. POST routes honour the idempotency key. */
export function HandlesRoute<Route extends RouteContract>(
  route: Route,
  { secretFields = [] }: RouteOptions = {},
): HandlerDecorator<[call: RouteCall<Route>], RouteReply<Route>> {
  return applyDecorators(
    mark({ kind: 'route', route, secretFields }),
    MessagePattern(route.subject),
    UseInterceptors(CallInterceptor),
  );
}

/** The method answers this RPC: parsed request in, answer out. */
export function HandlesRpc<Contract extends RpcContract>(
  contract: Contract,
): HandlerDecorator<[request: RpcRequest<Contract>], RpcAnswer<Contract>> {
  return applyDecorators(mark({ kind: 'rpc', contract }), MessagePattern(contract.subject), UseInterceptors(CallInterceptor));
}

export interface JobOptions {
  /** Which lanes of the job this process takes: names, or a function of the service's config. All lanes unless given. */
  readonly lane?: LaneChoice;
  /** Deliveries in hand at once, per subject: a number, or a function of the service's config. The contract's number unless given. */
  readonly concurrency?: Chosen<number>;
}

/** The method does this job. Deliveries may repeat: claim the row first. */
export function HandlesJob<Contract extends Pick<JobContract, 'payload' | 'name'>>(
  contract: Contract,
  { lane, concurrency }: JobOptions = {},
): HandlerDecorator<[payload: JobPayload<Contract>, work: Work], Outcome> {
  // A contract's `subjectOf` takes that contract's own lanes; the boot check finds a lane that it does not have.
  const job = contract as unknown as JobContract;
  return mark({ kind: 'job', contract: job, lane: lane ?? null, concurrency: concurrency ?? null });
}

export interface EventOptions {
  /**
   * Every running replica hears the event as it is published, at most once and outside any transaction (for caches). Otherwise one
   * replica does, exactly once.
   */
  readonly onEveryReplica?: boolean;
}

/** The method reacts to this event, exactly once, inside `uow.transaction`: everything it does to the database is one with the receipt. */
export function HandlesEvent<Contract extends EventContract>(
  contract: Contract,
  { onEveryReplica = false }: EventOptions = {},
): HandlerDecorator<[payload: EventPayload<Contract>, meta: EventMeta], void> {
  return mark({ kind: 'event', contract, onEveryReplica });
}

export type TaskOptions = Pick<TaskSettings, 'name' | 'everyMs'> & Partial<TaskSettings>;

/** The method runs every `everyMs`, never overlapping itself, first one period after the start; on one replica at a time unless said otherwise. */
export function RunsEvery({ onEveryReplica = false, atStop = false, ...rest }: TaskOptions): HandlerDecorator<[], void> {
  return mark({ kind: 'task', task: { ...rest, onEveryReplica, atStop } });
}

/**
 * The method finds work that nobody holds and that may have lost its message: a job message for every row that is not terminal, not
 * leased and older than a few seconds. Messages whose queue still has deliveries waiting or in hand are dropped (except every 10
 * minutes), so that a backlog is not multiplied. Every 30 s unless said otherwise.
 */
export function FindsLostWork(name: string, { everyMs = SWEEP_EVERY_MS } = {}): HandlerDecorator<[], readonly Message[]> {
  return mark({ kind: 'sweep', name, everyMs });
}
