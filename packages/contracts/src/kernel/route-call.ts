import { z } from 'zod';
import { scopes } from '../vocabulary/scopes.js';
import type { RouteContract } from './define-route.js';

/** Who calls, on whose behalf, and the request's conditions. Travels with every route call from the gateway to the owner. */
export const CallContext = z.object({
  tenantId: z.uuid(),
  keyId: z.uuid(),
  scopes: z.array(z.enum(scopes)),
  requestId: z.string().min(1).max(100),
  /** The `Idempotency-Key` header, on POST only. */
  idempotencyKey: z.string().min(1).max(255).nullable(),
  /** SHA-256 (hex) of method, path and raw body: what "the same request" means for the idempotency key. */
  requestHash: z.string().nullable(),
  /** The `If-Match` header without quotes. */
  ifMatch: z.string().nullable(),
});
export type CallContext = z.output<typeof CallContext>;

/** What the owner of a route receives. */
export interface RouteCall<Route extends RouteContract> {
  readonly context: CallContext;
  readonly params: z.output<Route['params']>;
  readonly query: z.output<Route['query']>;
  readonly body: z.output<Route['body']>;
}

/** What the owner of a route answers. `etag` becomes the ETag header (quotes are added by the gateway). */
export interface RouteReply<Route extends RouteContract> {
  readonly body: z.input<Route['answer']>;
  readonly etag?: string;
}

/** The answer of a route of kind `object`: the gateway streams this object from storage. */
export const StoredObject = z.object({
  object_key: z.string().min(1),
  content_type: z.string().min(1),
  filename: z.string().min(1),
  size_bytes: z.number().int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type StoredObject = z.output<typeof StoredObject>;

/** The whole call as it travels: raw values; made once per route. */
export function callSchema<Route extends RouteContract>(route: Route) {
  const known = callSchemas.get(route);
  if (known !== undefined) return known as ReturnType<typeof makeCallSchema<Route>>;
  const made = makeCallSchema(route);
  callSchemas.set(route, made);
  return made;
}

const callSchemas = new WeakMap<RouteContract, z.ZodType>();

function makeCallSchema<Route extends RouteContract>(route: Route) {
  return z.object({ context: CallContext, params: route.params, query: route.query, body: route.body });
}

/** The owner's answer as it travels; a missing `etag` reads as null. Made once per route. */
export function replySchema(route: RouteContract): ReplySchema {
  const known = replySchemas.get(route);
  if (known !== undefined) return known;
  const made = z.object({ body: route.answer, etag: Etag });
  replySchemas.set(route, made);
  return made;
}

const Etag = z
  .string()
  .nullish()
  .transform((value) => value ?? null);
type ReplySchema = z.ZodObject<{ body: z.ZodType; etag: typeof Etag }>;

const replySchemas = new WeakMap<RouteContract, ReplySchema>();
