import { z } from 'zod';
import type { RouteContract } from '../kernel/define-route.js';
import { exampleIds } from '../vocabulary/example-ids.js';
import { problemKinds, type ProblemCode } from '../vocabulary/problems.js';
import type { Json, JsonObject } from './document.js';
import { jsonSchemaOf, referenceTo } from './json-schema.js';
import { problemCodesOf } from './route-problems.js';

const headerText = (text: string): JsonObject => ({ description: text, schema: { type: 'string' } });
const headerCount = (text: string): JsonObject => ({ description: text, schema: { type: 'integer' } });

/** Headers that answers carry. */
export const responseHeaders: JsonObject = {
  'X-Request-Id': headerText('Names this request in logs; yours when you sent one.'),
  ETag: headerText('Version of the resource, for If-Match; on datasets, annotation sets and models.'),
  'RateLimit-Limit': headerCount('Requests the key may make in a window.'),
  'RateLimit-Remaining': headerCount('Requests left in this window (a lower bound).'),
  'RateLimit-Reset': headerCount('Seconds until the next window.'),
  'Retry-After': headerCount('Seconds to wait before trying again.'),
};

/** The body of every error (RFC 9457). */
export const problemSchema: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string', description: 'What this code means.' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'A sentence about this very request, to be shown to people.' },
    code: { type: 'string', enum: Object.keys(problemKinds) },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      description: 'The offending places, with status 422.',
      items: {
        type: 'object',
        required: ['loc', 'msg', 'type'],
        properties: {
          loc: { type: 'array', items: { type: ['string', 'integer'] }, examples: [['body', 'artifact_types', 0, 'name']] },
          msg: { type: 'string' },
          type: { type: 'string' },
        },
      },
    },
  },
};

const ref = (name: string): JsonObject => ({ $ref: `#/components/headers/${name}` });
const limitHeaders: JsonObject = {
  'X-Request-Id': ref('X-Request-Id'),
  'RateLimit-Limit': ref('RateLimit-Limit'),
  'RateLimit-Remaining': ref('RateLimit-Remaining'),
  'RateLimit-Reset': ref('RateLimit-Reset'),
};

/** Everything of an operation but its id and tag. */
export function operationOf(route: RouteContract): JsonObject {
  const requestBody = requestBodyOf(route);
  return {
    summary: route.summary,
    description: `Needs a key with the scope \`${route.scope}\`.`,
    parameters: [...fieldParameters(route.params, 'path'), ...fieldParameters(route.query, 'query'), ...headerParameters(route)],
    ...(requestBody === null ? {} : { requestBody }),
    responses: { ...successOf(route), ...problemResponses(route) },
  };
}

function fieldParameters(schema: z.ZodType, place: 'path' | 'query'): JsonObject[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path',
    schema: jsonSchemaOf(field, 'input'),
  }));
}

function headerParameters(route: RouteContract): JsonObject[] {
  const header = (name: string, text: string, schema: JsonObject): JsonObject => ({
    name,
    in: 'header',
    required: false,
    description: text,
    schema: { type: 'string', ...schema },
  });
  return [
    ...(route.method === 'POST'
      ? [
          header('Idempotency-Key', 'The same key and request within 24 hours get the first answer again.', {
            minLength: 1,
            maxLength: 255,
          }),
        ]
      : []),
    ...(route.problems.includes('precondition_failed')
      ? [header('If-Match', 'The ETag that was read: refuses with 412 when the resource has changed since.', {})]
      : []),
    ...(route.answerKind === 'object'
      ? [
          header('Range', 'A part of the file: `bytes=0-1023`.', {}),
          header('If-None-Match', 'ETag of a copy you hold: 304 when it is current.', {}),
        ]
      : []),
    header('X-Request-Id', 'Your name for this request, up to 100 printable characters.', { maxLength: 100 }),
  ];
}

function requestBodyOf(route: RouteContract): JsonObject | null {
  if (route.bodyKind === 'multipart') {
    const files = { type: 'array', minItems: 1, items: { type: 'string', contentMediaType: 'application/octet-stream' } };
    const schema = { type: 'object', required: ['file'], properties: { file: files } };
    return { required: true, description: bodyLimit(route), content: { 'multipart/form-data': { schema } } };
  }
  if (!route.hasBody) return null;
  const media = { schema: jsonSchemaOf(route.body, 'input'), example: route.exampleBody as Json };
  const required = !route.body.safeParse(undefined).success;
  return { required, description: bodyLimit(route), content: { 'application/json': media } };
}

const bodyLimit = (route: RouteContract): string => `At most ${route.bodyLimitBytes} bytes.`;

function successOf(route: RouteContract): JsonObject {
  const answer = (description: string, content?: JsonObject, headers: JsonObject = {}): JsonObject => ({
    description,
    headers: { ...limitHeaders, ...headers },
    ...(content === undefined ? {} : { content }),
  });
  const schema = jsonSchemaOf(route.answer, 'output');
  switch (route.answerKind) {
    case 'empty':
      return { [route.status]: answer('Done; no content.') };
    case 'json':
      return { [route.status]: answer('Done.', { 'application/json': { schema } }, { ETag: ref('ETag') }) };
    case 'json-or-empty':
      return {
        [route.status]: answer('Done.', { 'application/json': { schema } }, { ETag: ref('ETag') }),
        204: answer('Done; no content.'),
      };
    case 'events':
      return {
        [route.status]: answer('Events named `training-job`; `data` is a training job.', { 'text/event-stream': { schema } }),
      };
    case 'object': {
      const bytes: JsonObject = { '*/*': { schema: { type: 'string', contentMediaType: 'application/octet-stream' } } };
      const headers: JsonObject = {
        ETag: headerText('SHA-256 of the file, in hex.'),
        'Repr-Digest': headerText('SHA-256 of the file (RFC 9530).'),
        Digest: headerText('SHA-256 of the file (RFC 3230).'),
        'Content-Disposition': headerText('The name to save the file under.'),
        'Accept-Ranges': headerText('Always `bytes`.'),
      };
      return {
        200: answer('The file.', bytes, headers),
        206: answer('The part of the file that was asked for.', bytes, {
          ...headers,
          'Content-Range': headerText('Which part.'),
        }),
        304: answer('Your copy is current.'),
      };
    }
  }
}

/** Answers of a route with its problems, by reference: many routes share them. */
function problemResponses(route: RouteContract): JsonObject {
  return Object.fromEntries(
    [...problemsByStatus(route)].map(([status, codes]) => [
      String(status),
      { $ref: `#/components/responses/${responseName(codes)}` },
    ]),
  );
}

/** The problem answers that the references of some routes point to, one for each set of codes. */
export function sharedResponses(routes: readonly RouteContract[]): JsonObject {
  return Object.fromEntries(
    routes.flatMap((route) =>
      [...problemsByStatus(route)].map(([status, codes]) => [responseName(codes), problemResponse(status, codes)]),
    ),
  );
}

function problemsByStatus(route: RouteContract): Map<number, ProblemCode[]> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemCodesOf(route)) {
    const { status } = problemKinds[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}

const responseName = (codes: readonly ProblemCode[]): string => codes.join('.');

function problemResponse(status: number, codes: readonly ProblemCode[]): JsonObject {
  const retry: JsonObject = [409, 429, 503].includes(status) ? { 'Retry-After': ref('Retry-After') } : {};
  const schema: JsonObject = { allOf: [referenceTo('Problem'), { properties: { code: { enum: codes } } }] };
  const examples = Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
  return {
    description: codes.map((code) => `\`${code}\`: ${problemKinds[code].title}.`).join(' '),
    headers: { 'X-Request-Id': ref('X-Request-Id'), ...retry },
    content: { 'application/problem+json': { schema, examples } },
  };
}

/** The `type` of a problem: a name, not an address. */
export function problemTypeOf(code: ProblemCode): string {
  return `urn:earmark:problem:${code}`;
}

/** One example a problem. */
export function problemExamples(): JsonObject {
  const exampleOf = (code: ProblemCode): JsonObject => {
    const { status, title } = problemKinds[code];
    const requestId = exampleIds.datasetId;
    return { value: { type: problemTypeOf(code), title, status, detail: `${title}.`, code, request_id: requestId } };
  };
  return Object.fromEntries((Object.keys(problemKinds) as ProblemCode[]).map((code) => [code, exampleOf(code)]));
}
