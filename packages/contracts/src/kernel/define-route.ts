import { z } from 'zod';
import type { ProblemCode } from '../vocabulary/problems.js';
import type { Scope } from '../vocabulary/scopes.js';
import { parseName, type Context, type ContractName } from './names.js';

export type HttpMethod = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/**
 * How the answer travels: `json` (schema below), `empty` (204), `json-or-empty` (204 when the body is null), `object` (the service names a stored object, the gateway streams it) or
 * `events` (server-sent events).
 */
export type AnswerKind = 'json' | 'empty' | 'json-or-empty' | 'object' | 'events';

/**
 * Where a page of items stands in an answer. An owner may send a part of it, as much as fits in one message, with the cursor of the
 * rest; the gateway asks on until the page is whole.
 */
export interface AnswerPage {
  /** The field with the items. */
  readonly items: string;
  /** The field with the cursor of what follows. */
  readonly cursor: string;
  /** Items of a whole page; null when the query says it (`page_size`). */
  readonly size: number | null;
  /** The list that takes the cursor; null for the route itself. */
  readonly continuedBy: RouteContract | null;
}

export interface RouteDefinition<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly name: ContractName;
  readonly method: HttpMethod;
  /** Path after `/api/v1`, parameters in braces: `/datasets/{dataset_id}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly scope: Scope;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer?: Answer;
  readonly answerKind?: AnswerKind;
  /** For a page inside another answer; lists need not say it. */
  readonly answerPage?: AnswerPage;
  /** Problems beyond those every route can answer (authentication, validation, limits, unavailability). */
  readonly problems?: readonly ProblemCode[];
  /** Largest request body in bytes; 1 MiB unless said otherwise. */
  readonly bodyLimitBytes?: number;
  /** `multipart` bodies are streamed to storage by the gateway and never reach an RPC. */
  readonly bodyKind?: 'json' | 'multipart';
  readonly exampleBody?: unknown;
  readonly timeoutMs?: number;
}

/** One REST route and the RPC by which its owner answers it: subject `rpc.<context>.<action>.v1`. */
export interface RouteContract<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly kind: 'route';
  readonly name: ContractName;
  readonly context: Context;
  readonly subject: string;
  readonly method: HttpMethod;
  readonly path: `/${string}`;
  readonly summary: string;
  readonly scope: Scope;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly hasBody: boolean;
  readonly status: 200 | 201 | 202 | 204;
  readonly answer: Answer;
  readonly answerKind: AnswerKind;
  readonly answerPage: AnswerPage | null;
  readonly problems: readonly ProblemCode[];
  readonly bodyLimitBytes: number;
  readonly bodyKind: 'json' | 'multipart';
  readonly exampleBody: unknown;
  readonly timeoutMs: number;
}

const nothing = z.object({});
type Nothing = typeof nothing;

const listPage: AnswerPage = { items: 'items', cursor: 'next_cursor', size: null, continuedBy: null };

const isList = (answer: z.ZodType | undefined): boolean =>
  answer instanceof z.ZodObject && 'items' in answer.shape && 'next_cursor' in answer.shape;

/** Defines a route; throws at import time on a malformed name. */
export function defineRoute<
  Answer extends z.ZodType = Nothing,
  Params extends z.ZodType = Nothing,
  Query extends z.ZodType = Nothing,
  Body extends z.ZodType = Nothing,
>(definition: RouteDefinition<Params, Query, Body, Answer>): RouteContract<Params, Query, Body, Answer> {
  const { context, action } = parseName(definition.name);
  const absent = nothing as unknown;
  return {
    kind: 'route',
    name: definition.name,
    context,
    subject: `rpc.${context}.${action}.v1`,
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    scope: definition.scope,
    params: definition.params ?? (absent as Params),
    query: definition.query ?? (absent as Query),
    body: definition.body ?? (absent as Body),
    hasBody: definition.body !== undefined,
    status: definition.status,
    answer: definition.answer ?? (absent as Answer),
    answerKind: definition.answerKind ?? (definition.status === 204 ? 'empty' : 'json'),
    answerPage: definition.answerPage ?? (isList(definition.answer) ? listPage : null),
    problems: definition.problems ?? [],
    bodyLimitBytes: definition.bodyLimitBytes ?? 1_048_576,
    bodyKind: definition.bodyKind ?? 'json',
    exampleBody: definition.exampleBody ?? null,
    timeoutMs: definition.timeoutMs ?? 10_000,
  };
}
