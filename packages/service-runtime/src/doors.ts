import type {
  EventContract,
  EventPayload,
  JobContract,
  JobPayload,
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
import { CallDoor } from './call-door.js';
import { DOOR, type LaneChoice } from './door-metadata.js';

/** A decorator for methods that can be called with `Args` and promise `Result`; it may take fewer arguments. */
type DoorDecorator<Args extends unknown[], Result> = <Method extends (...args: Args) => Promise<Result>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

/** What an event handler learns beside the payload. */
export interface EventMeta {
  readonly messageId: string;
  /** When it happened. */
  readonly time: Date;
}

export interface RouteDoorOptions {
  /** Fields of the answer's body that a replay for an idempotency key answers with null, such as a new API key. */
  readonly secretFields?: readonly string[];
}

/** The method answers this REST route: parsed call in, `{ body, etag? }` out. POST routes honour the idempotency key. */
export function HandlesRoute<Route extends RouteContract>(
  route: Route,
  options: RouteDoorOptions = {},
): DoorDecorator<[call: RouteCall<Route>], RouteReply<Route>> {
  const secretFields = options.secretFields ?? [];
  return applyDecorators(
    SetMetadata(DOOR, { kind: 'route', route, secretFields }),
    MessagePattern(route.subject),
    UseInterceptors(CallDoor),
  );
}

/** The method answers this RPC: parsed request in, answer out. */
export function HandlesRpc<Contract extends RpcContract>(
  contract: Contract,
): DoorDecorator<[request: RpcRequest<Contract>], RpcAnswer<Contract>> {
  return applyDecorators(
    SetMetadata(DOOR, { kind: 'rpc', contract }),
    MessagePattern(contract.subject),
    UseInterceptors(CallDoor),
  );
}

export interface JobDoorOptions {
  /** Which lanes of the job this process takes: names, or a function of the service's config. All lanes unless given. */
  readonly lane?: LaneChoice;
}

/** The method does this job. Deliveries may repeat: claim the row first. */
export function HandlesJob<Contract extends Pick<JobContract, 'payload' | 'name'>>(
  contract: Contract,
  options: JobDoorOptions = {},
): DoorDecorator<[payload: JobPayload<Contract>, work: Work], Outcome> {
  return SetMetadata(DOOR, { kind: 'job', contract, lane: options.lane ?? null });
}

/** The method reacts to this event, exactly once, inside `uow.transaction`: everything it does to the database is one with the receipt. */
export function HandlesEvent<Contract extends EventContract>(
  contract: Contract,
): DoorDecorator<[payload: EventPayload<Contract>, meta: EventMeta], void> {
  return SetMetadata(DOOR, { kind: 'event', contract });
}
