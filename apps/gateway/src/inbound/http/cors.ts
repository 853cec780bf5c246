import type { IncomingMessage, ServerResponse } from 'node:http';

const ALLOWED_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, If-Range, Range, Traceparent, X-API-Key, X-Request-Id';
const EXPOSED_HEADERS =
  'Accept-Ranges, Content-Disposition, Content-Range, Digest, ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Repr-Digest, Retry-After, X-Request-Id';

/** Lets pages of the allowed origins read answers. Keys travel in headers, never in cookies, so that no page can borrow a browser's rights. */
export function setCorsHeaders(request: IncomingMessage, response: ServerResponse, allowedOrigins: readonly string[]): void {
  const { origin } = request.headers;
  const isOpen = allowedOrigins.includes('*');
  if (!isOpen) response.setHeader('Vary', 'Origin');
  if (origin === undefined || !(isOpen || allowedOrigins.includes(origin))) return;
  response.setHeader('Access-Control-Allow-Origin', isOpen ? '*' : origin);
  response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
}

/** Answers OPTIONS, a browser's preflight or anyone's question. */
export function sendOptions(response: ServerResponse, allow: readonly string[]): void {
  response.setHeader('Allow', allow.join(', '));
  response.setHeader('Access-Control-Allow-Methods', allow.join(', '));
  response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
  response.setHeader('Access-Control-Max-Age', '600');
  response.writeHead(204).end();
}
