import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { allEvents, allJobs, allRoutes, allRpcs, answeredByGateway, ownedBy } from './catalogue.js';
import { contexts } from './kernel/names.js';
import { problemKinds } from './vocabulary/problems.js';

const compatFolder = fileURLToPath(new URL('../compat/', import.meta.url));
const frozen = (name: string): unknown => JSON.parse(readFileSync(`${compatFolder}${name}.json`, 'utf8'));

describe('the catalogue', () => {
  it('names every contract and every subject once', () => {
    const all = [...allEvents, ...allJobs, ...allRpcs, ...allRoutes];
    expect(new Set(all.map((contract) => contract.name)).size).toBe(all.length);
    expect(new Set(all.map((contract) => contract.subject)).size).toBe(all.length);
  });

  it('has one route for a method and a path', () => {
    const doors = allRoutes.map((route) => `${route.method} ${route.path.replace(/\{[^}]+\}/g, '{}')}`);
    expect(new Set(doors).size).toBe(doors.length);
  });

  it.each(allRoutes.map((route) => [route.name, route] as const))('%s: path parameters are the params schema', (_name, route) => {
    const inPath = [...route.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1]);
    const inSchema = route.params instanceof z.ZodObject ? Object.keys(route.params.shape) : [];
    expect(inSchema.sort((a, b) => a.localeCompare(b))).toEqual(inPath.sort((a, b) => (a ?? '').localeCompare(b ?? '')));
  });

  it.each(allRoutes.map((route) => [route.name, route] as const))('%s: the example body parses', (_name, route) => {
    if (route.hasBody) expect(route.body.safeParse(route.exampleBody).error).toBeUndefined();
    else expect(route.exampleBody).toBeNull();
  });

  it('speaks only of problems in the table', () => {
    for (const code of allRoutes.flatMap((route) => route.problems)) expect(Object.keys(problemKinds)).toContain(code);
  });

  it('gives every contract an owner, and the gateway its own routes', () => {
    const owned = contexts.flatMap((context) => ownedBy(context).routes.map((route) => route.name));
    expect([...owned, ...answeredByGateway].sort((a, b) => a.localeCompare(b))).toEqual(
      allRoutes.map((route) => route.name).sort((a, b) => a.localeCompare(b)),
    );
  });

  it('carries the tenant in every event and job', () => {
    for (const contract of [...allEvents, ...allJobs]) {
      expect(contract.payload.safeParse({ ...(contract.example as object), tenantId: undefined }).success).toBe(false);
    }
  });
});

describe('examples', () => {
  it.each([...allEvents, ...allJobs].map((contract) => [contract.name, contract] as const))('%s parses', (_name, contract) => {
    expect(contract.payload.safeParse(contract.example).error).toBeUndefined();
  });

  it.each(allRpcs.map((rpc) => [rpc.name, rpc] as const))('%s parses both ways', (_name, rpc) => {
    expect(rpc.request.safeParse(rpc.exampleRequest).error).toBeUndefined();
    expect(rpc.response.safeParse(rpc.exampleResponse).error).toBeUndefined();
  });
});

describe('compatibility: payloads once published parse for ever', () => {
  const streamed = [...allEvents, ...allJobs];

  it.each(streamed.map((contract) => [`${contract.name}.v${contract.version}`, contract] as const))('%s', (file, contract) => {
    expect(contract.payload.safeParse(frozen(file)).error).toBeUndefined();
  });

  it('has no frozen payload without a contract (a version is retired only by a new decision)', () => {
    const known = new Set(streamed.map((contract) => `${contract.name}.v${contract.version}.json`));
    expect(readdirSync(compatFolder).filter((file) => !known.has(file))).toEqual([]);
  });
});
