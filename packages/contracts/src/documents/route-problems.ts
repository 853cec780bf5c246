import { z } from 'zod';
import type { RouteContract } from '../kernel/define-route.js';
import { problemKinds, type ProblemCode } from '../vocabulary/problems.js';

const always: readonly ProblemCode[] = [
  'malformed_request',
  'unauthenticated',
  'missing_scope',
  'rate_limited',
  'internal',
  'service_unavailable',
];

/** Every problem a route can answer, its own and those of the conventions, by status and then in the order of the table. */
export function problemCodesOf(route: RouteContract): ProblemCode[] {
  const codes = new Set<ProblemCode>([...always, ...route.problems, ...conventionProblems(route)]);
  return (Object.keys(problemKinds) as ProblemCode[])
    .filter((code) => codes.has(code))
    .sort((a, b) => problemKinds[a].status - problemKinds[b].status);
}

function conventionProblems(route: RouteContract): ProblemCode[] {
  const takesBody = route.method === 'POST' || route.hasBody;
  const isMultipart = route.bodyKind === 'multipart';
  return [
    ...when(hasFields(route.params), 'not_found'),
    ...when(hasFields(route.query) || takesBody, 'validation_failed'),
    ...when(takesBody, 'body_too_large', 'request_timeout'),
    ...when(route.hasBody || isMultipart, 'unsupported_media_type'),
    ...when(isMultipart, 'storage_full'),
    ...when(route.method === 'POST', 'idempotency_key_reused', 'idempotency_in_flight'),
    ...when(route.answerKind === 'object', 'range_not_satisfiable'),
  ];
}

const when = (condition: boolean, ...codes: ProblemCode[]): ProblemCode[] => (condition ? codes : []);

/** Whether a params or query schema has any field. */
export function hasFields(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject && Object.keys(schema.shape).length > 0;
}
