import type { ServerResponse } from 'node:http';
import type { Problem } from '@earmark/contracts';
import { problemTypeOf } from '@earmark/contracts/documents';
import type { RateFigures } from '../../use-cases/spend-budget.js';

/** Headers of every answer: nothing here may be sniffed, framed, or run as a page. */
const SECURITY_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Cache-Control': 'no-store',
};

export function setCommonHeaders(response: ServerResponse, requestId: string): void {
  response.removeHeader('X-Powered-By');
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  response.setHeader('X-Request-Id', requestId);
}

export function setRateHeaders(response: ServerResponse, { limit, remaining, resetSeconds }: RateFigures): void {
  response.setHeader('RateLimit-Limit', limit);
  response.setHeader('RateLimit-Remaining', remaining);
  response.setHeader('RateLimit-Reset', resetSeconds);
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly etag?: string | null;
  readonly contentType?: string;
}

export function sendJson(response: ServerResponse, { status, body, etag, contentType }: JsonAnswer): void {
  const bytes = Buffer.from(JSON.stringify(body));
  if (etag !== undefined && etag !== null) response.setHeader('ETag', `"${etag}"`);
  response.writeHead(status, {
    'Content-Type': contentType ?? 'application/json; charset=utf-8',
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

export function sendEmpty(response: ServerResponse, status: number, etag: string | null = null): void {
  if (etag !== null) response.setHeader('ETag', `"${etag}"`);
  response.writeHead(status).end();
}

/** The body of an error (RFC 9457). */
export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  const { code, errors, kind } = problem;
  return {
    type: problemTypeOf(code),
    title: kind.title,
    status: kind.status,
    detail: sentenceOf(problem),
    code,
    request_id: requestId,
    ...(errors.length > 0 || kind.status === 422 ? { errors } : {}),
  };
}

/** The detail; where it only names a place and a rule, a sentence around them: clients show it to people. */
function sentenceOf({ detail, errors }: Problem): string {
  const [first, ...others] = errors;
  if (first === undefined || detail !== `${first.loc.join('.')}: ${first.msg}`) return detail;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `The value of ${first.loc.join('.')} is not valid: ${first.msg}${more}.`;
}

export function sendProblem(response: ServerResponse, problem: Problem, requestId: string): void {
  if (problem.retryAfterSeconds !== null) response.setHeader('Retry-After', problem.retryAfterSeconds);
  if (problem.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="earmark"');
  const { status } = problem.kind;
  sendJson(response, { status, body: problemBody(problem, requestId), contentType: 'application/problem+json' });
}
