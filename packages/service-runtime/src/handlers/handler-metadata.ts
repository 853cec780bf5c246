import type { EventContract, JobContract, RouteContract, RpcContract } from '@earmark/contracts';
import type { ServiceConfig } from '../config/environment.js';

/** Metadata key of handler methods. */
export const HANDLER = Symbol('earmark handler');

/** A value, or a function of the service's config. Written as a method, so that a service may ask for its own, larger config type. */
interface FromConfig<Value> {
  choose(config: ServiceConfig): Value;
}
export type Chosen<Value> = Value | FromConfig<Value>['choose'];

/** Lanes by name, or as a function of the service's config. */
export type LaneChoice = Chosen<string | readonly string[]>;

export interface TaskSettings {
  readonly name: string;
  readonly everyMs: Chosen<number>;
  /** Every replica for itself; otherwise one replica at a time. */
  readonly onEveryReplica: boolean;
  /** Once more when the service stops. */
  readonly atStop: boolean;
}

/** What a decorator wrote on a handler method. */
export type Handler =
  | { readonly kind: 'route'; readonly route: RouteContract; readonly secretFields: readonly string[] }
  | { readonly kind: 'rpc'; readonly contract: RpcContract }
  | {
      readonly kind: 'job';
      readonly contract: JobContract;
      readonly lane: LaneChoice | null;
      readonly concurrency: Chosen<number> | null;
    }
  | { readonly kind: 'event'; readonly contract: EventContract; readonly onEveryReplica: boolean }
  | { readonly kind: 'task'; readonly task: TaskSettings }
  | { readonly kind: 'sweep'; readonly name: string; readonly everyMs: number };

/** What a decorator wrote on the method, if any did. */
export function handlerOf(method: object): Handler | undefined {
  return Reflect.getMetadata(HANDLER, method) as Handler | undefined;
}

/** The value itself, or what the function makes of the config. */
export function choose<Value extends string | number | readonly string[]>(chosen: Chosen<Value>, config: ServiceConfig): Value {
  return typeof chosen === 'function' ? chosen(config) : chosen;
}

/** The subjects of a job that this process takes. */
export function subjectsOf(handler: Extract<Handler, { kind: 'job' }>, config: ServiceConfig): readonly string[] {
  if (handler.lane === null) return handler.contract.subjects;
  const chosen = choose(handler.lane, config);
  const lanes = typeof chosen === 'string' ? [chosen] : chosen;
  return lanes.map((lane) => handler.contract.subjectOf(lane));
}

/** Deliveries of a job that this process has in hand at once, per subject. */
export function slotsOf({ contract, concurrency }: Extract<Handler, { kind: 'job' }>, config: ServiceConfig): number {
  if (config.JOB_CONCURRENCY !== undefined) return config.JOB_CONCURRENCY;
  return concurrency === null ? contract.delivery.maxInFlight : choose(concurrency, config);
}
