import type { EventContract, JobContract, RouteContract, RpcContract } from '@earmark/contracts';
import type { ServiceConfig } from '@earmark/service-kit';

/** Metadata key of handler methods. */
export const DOOR = Symbol('earmark door');

interface LaneOf {
  /** Written as a method, so that a service may ask for its own, larger config type. */
  choose(config: ServiceConfig): string | readonly string[];
}

/** Lanes by name, or as a function of the service's config. */
export type LaneChoice = string | readonly string[] | LaneOf['choose'];

/** What a decorator wrote on a handler method. */
export type Door =
  | { readonly kind: 'route'; readonly route: RouteContract; readonly secretFields: readonly string[] }
  | { readonly kind: 'rpc'; readonly contract: RpcContract }
  | { readonly kind: 'job'; readonly contract: JobContract; readonly lane: LaneChoice | null }
  | { readonly kind: 'event'; readonly contract: EventContract };

/** The door of a method, if it is one. */
export function doorOf(method: object): Door | undefined {
  return Reflect.getMetadata(DOOR, method) as Door | undefined;
}

/** The subjects of a job that this process takes. */
export function subjectsOf(door: Extract<Door, { kind: 'job' }>, config: ServiceConfig): readonly string[] {
  if (door.lane === null) return door.contract.subjects;
  const chosen = typeof door.lane === 'function' ? door.lane(config) : door.lane;
  const lanes = typeof chosen === 'string' ? [chosen] : chosen;
  return lanes.map((lane) => door.contract.subjectOf(lane));
}
