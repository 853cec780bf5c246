import type { RouteContract } from '@earmark/contracts';
import type { z } from 'zod';

/** Keeps a part of a call out of its type where the route has none, optional where all of it is optional. */
type Part<Name extends string, Value> = keyof Value extends never
  ? { readonly [N in Name]?: undefined }
  : Record<never, never> extends Value
    ? { readonly [N in Name]?: Value }
    : { readonly [N in Name]: Value };

/** What may go with every call. */
export interface CallOptions {
  /** Makes a POST safe to send again for 24 hours; without it the client repeats only what reads. */
  readonly idempotencyKey?: string;
  /** The ETag that was read; the call fails with `precondition_failed` when the resource has changed since. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** What a route is called with: path parameters, query and body as the documents say, and options. */
export type CallInput<Route extends RouteContract> = Part<'params', z.input<Route['params']>> &
  Part<'query', z.input<Route['query']>> &
  BodyPart<z.input<Route['body']>> &
  CallOptions;

type BodyPart<Body> = null extends Body ? { readonly body?: Body } : Part<'body', Body>;

/** What a route answers. */
export type Answer<Route extends RouteContract> = z.output<Route['answer']>;

/** A call as it is sent; the loose form of every {@link CallInput}. */
export interface LooseCall extends CallOptions {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** The address of a call below `/api/v1`, with its query; throws when a path parameter is missing. */
export function addressOf(route: RouteContract, { params, query }: LooseCall): string {
  const values = (params ?? {}) as Readonly<Record<string, unknown>>;
  const path = route.path.replace(/\{([^}]+)\}/g, (_match, name: string) => {
    const value = values[name];
    if (typeof value !== 'string' || value === '') throw new Error(`${route.name} needs the path parameter ${name}.`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(
    (query ?? {}) as Readonly<Record<string, string | number | boolean | null | undefined>>,
  )) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
