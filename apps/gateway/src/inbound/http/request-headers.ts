import type { IncomingHttpHeaders } from 'node:http';
import { Problem, type RouteContract } from '@earmark/contracts';

const REQUEST_ID = /^[\x21-\x7e]{1,100}$/;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const ENTITY_TAG = /^(?:W\/)?"?([\x21\x23-\x7e]{1,200}?)"?$/;
const BEARER = /^bearer +(\S{1,300})$/i;

/** The client's `X-Request-Id` when it can stand in a log and a header, else null. */
export function requestIdIn(headers: IncomingHttpHeaders): string | null {
  const value = single(headers['x-request-id']);
  return value !== null && REQUEST_ID.test(value) ? value : null;
}

/** The API key: `X-API-Key`, else the bearer token. */
export function keyTextIn(headers: IncomingHttpHeaders): string | null {
  const value = single(headers['x-api-key']);
  return value ?? BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** The `Idempotency-Key` of a POST; other methods have none. Problem `malformed_request`. */
export function idempotencyKeyIn(headers: IncomingHttpHeaders, route: RouteContract): string | null {
  const value = single(headers['idempotency-key']);
  if (value === null || route.method !== 'POST') return null;
  if (!IDEMPOTENCY_KEY.test(value))
    throw new Problem('malformed_request', 'The Idempotency-Key must be 1 to 255 printable ASCII characters without spaces.');
  return value;
}

/** The `If-Match` header without quotes; `*` and none are null. Problem `malformed_request`. */
export function ifMatchIn(headers: IncomingHttpHeaders): string | null {
  const value = headers['if-match']?.trim();
  if (value === undefined || value === '*') return null;
  const tag = ENTITY_TAG.exec(value)?.[1];
  if (tag === undefined) throw new Problem('malformed_request', 'If-Match must carry one ETag as it was read, such as "3".');
  return tag;
}

/** Problem `unsupported_media_type` unless the body is announced as unencoded JSON in UTF-8. */
export function requireJson(headers: IncomingHttpHeaders): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  const isJson = type === 'application/json' || /^application\/[a-z0-9.+-]+\+json$/.test(type);
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (!isJson || !isUtf8 || !isUnencoded(headers))
    throw new Problem('unsupported_media_type', 'Send the body as application/json in UTF-8, without content encoding.');
}

/** Problem `unsupported_media_type` unless the body is an unencoded multipart form. */
export function requireMultipart(headers: IncomingHttpHeaders): void {
  if (!/^multipart\/form-data\s*;/i.test(headers['content-type'] ?? '') || !isUnencoded(headers))
    throw new Problem('unsupported_media_type', 'Send the files as multipart/form-data, without content encoding.');
}

const isUnencoded = (headers: IncomingHttpHeaders): boolean => ['identity', undefined].includes(headers['content-encoding']);

function single(value: string | string[] | undefined): string | null {
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined || one === '' ? null : one;
}
