import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { allRoutes } from '../catalogue.js';
import { problemKinds } from '../vocabulary/problems.js';
import { openApiDocument, operationIdOf } from './openapi.js';
import { problemCodesOf } from './route-problems.js';

interface Operation {
  operationId: string;
  tags: string[];
  parameters: { name: string; in: string; required: boolean }[];
  requestBody?: { required: boolean; content: Record<string, unknown> };
  responses: Record<string, { content?: Record<string, unknown> }>;
}

const document = openApiDocument({ serverUrl: '/' });
const paths = document.paths as unknown as Record<string, Record<string, Operation>>;
const operationFor = (route: { method: string; path: string }): Operation => {
  const operation = paths[`/api/v1${route.path}`]?.[route.method.toLowerCase()];
  if (operation === undefined) throw new Error(`${route.method} ${route.path} is not in the document`);
  return operation;
};
const everyRoute = allRoutes.map((route) => [route.name, route] as const);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1 with references that lead somewhere', async () => {
    const validator = new Validator();
    // The validator resolves references in place.
    const copy: Record<string, unknown> = structuredClone(document);
    const result = await validator.validate(copy);
    expect(result.errors ?? []).toEqual([]);
    expect(validator.version).toBe('3.1');
    const components = document.components as unknown as Record<string, Record<string, unknown>>;
    for (const [, kind, name] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/([^/]+)\/([^"]+)"/g)) {
      expect(components[kind ?? '']?.[name ?? '']).toBeDefined();
    }
    expect(JSON.stringify(document)).not.toContain('$defs');
  });

  it('names every operation once', () => {
    const ids = allRoutes.map(operationIdOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(
      Object.values(paths)
        .flatMap((item) => Object.values(item).map((operation) => operation.operationId))
        .sort(),
    ).toEqual(ids.sort());
  });

  it.each(everyRoute)('%s: has every status that can occur', (_name, route) => {
    const { responses } = operationFor(route);
    const statuses = new Set(problemCodesOf(route).map((code) => problemKinds[code].status));
    for (const status of [400, 401, 403, 429, 500, 503]) expect(statuses).toContain(status);
    expect(Object.keys(responses)).toEqual(expect.arrayContaining([...statuses, route.status].map(String)));
    expect('content' in (responses[String(route.status)] ?? {})).toBe(route.status !== 204);
  });

  it.each(everyRoute)('%s: path parameters are required and documented', (_name, route) => {
    const inPath = [...route.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
    const documented = operationFor(route).parameters.filter((parameter) => parameter.in === 'path');
    expect(documented.map((parameter) => parameter.name)).toEqual(inPath);
    expect(documented.every((parameter) => parameter.required)).toBe(true);
  });

  it('says which bodies may be left out', () => {
    const bodyOf = (name: string) => operationFor(allRoutes.find((route) => route.name === name)!).requestBody;
    expect(bodyOf('catalog.create-annotation-set')?.required).toBe(false);
    expect(bodyOf('catalog.create-dataset')?.required).toBe(true);
    expect(bodyOf('catalog.publish-annotation-set')).toBeUndefined();
    expect(bodyOf('catalog.upload-audio')?.content).toHaveProperty(['multipart/form-data']);
  });

  it('refers to the named views and gives defaults to clients only', () => {
    const list = operationFor({ method: 'GET', path: '/datasets' }).responses['200'];
    expect(JSON.stringify(list)).toContain('#/components/schemas/Dataset');
    const create = JSON.stringify(operationFor({ method: 'POST', path: '/training-jobs' }).requestBody);
    expect(create).toContain('"default":20');
    expect(create).not.toContain('9007199254740991');
  });
});
