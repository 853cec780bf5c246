import { Problem, problemKinds, type FieldError, type ProblemCode, type RouteContract } from '@earmark/contracts';
import type { z } from 'zod';

/** Where a part of a route call sits in the HTTP request. */
const PLACES: Readonly<Record<string, string>> = { params: 'path', query: 'query', body: 'body', context: 'context' };

/** zod's findings as field errors; `place` turns the path inside the value into the path the client knows. */
export function fieldErrors(
  error: z.ZodError,
  place: (path: readonly PropertyKey[]) => (string | number)[] = plain,
): FieldError[] {
  return error.issues.map((issue) => ({ loc: place(issue.path), msg: issue.message, type: issue.code }));
}

function plain(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((part) => (typeof part === 'symbol' ? String(part) : part));
}

/** The problem of a route call that does not parse: 404 for an id in the path that can be nobody's, else `validation_failed`. */
export function routeProblem(route: RouteContract, error: z.ZodError): Problem {
  const badParam = error.issues.find((issue) => issue.path[0] === 'params');
  if (badParam !== undefined) return notFound(route, String(badParam.path[1] ?? ''));
  const errors = fieldErrors(error, ([part, ...rest]) => [PLACES[String(part)] ?? String(part), ...plain(rest)]);
  return validationFailed(errors);
}

/** The problem `validation_failed` with its first finding in words. */
export function validationFailed(errors: readonly FieldError[]): Problem {
  const first = errors[0];
  const detail = first === undefined ? 'Some values are not valid.' : `${first.loc.join('.')}: ${first.msg}`;
  return new Problem('validation_failed', detail, { errors });
}

/** A malformed id is an id that nobody has: `dataset_id` → `dataset_not_found`. */
function notFound(route: RouteContract, param: string): Problem {
  const code = `${param.replace(/_id$/, '')}_not_found`;
  const known: ProblemCode = isProblemCode(code) && route.problems.includes(code) ? code : 'not_found';
  return new Problem(known, `There is nothing with this ${param.replaceAll('_', ' ') || 'path'}.`);
}

function isProblemCode(code: string): code is ProblemCode {
  return code in problemKinds;
}
