import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listModels } from '@earmark/contracts/model-registry/routes';
import { answer } from '@earmark/messaging';
import { eventually } from '@earmark/testkit';
import { apiOf, problem, type Api } from '../support/api.js';
import { StandInCatalog } from '../support/datasets.js';
import { runGateway, type RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
let catalog: StandInCatalog;
let tenantId: string;
let key: string;
let api: Api;
beforeAll(async () => {
  gateway = await runGateway();
  catalog = new StandInCatalog(gateway.connection);
  ({ tenantId, key } = await gateway.organisation());
  api = apiOf(gateway.url, key);
});
afterAll(() => gateway?.stop());

const newDataset = { name: 'TTS', artifact_types: [{ name: 'glitch' }] };

describe('a call', () => {
  it('reaches the owner and comes back with status, ETag, request id and budget', async () => {
    const created = await api('POST', '/datasets', { json: newDataset, headers: { 'X-Request-Id': 'mine-1' } });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ name: 'TTS' });
    expect(created.headers.get('etag')).toBe('"1"');
    expect(created.headers.get('x-request-id')).toBe('mine-1');
    expect(created.headers.get('ratelimit-limit')).toBe('60000');
    expect(Number(created.headers.get('ratelimit-remaining'))).toBeLessThan(60_000);
    expect(Number(created.headers.get('ratelimit-reset'))).toBeGreaterThan(0);
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect(created.headers.get('x-content-type-options')).toBe('nosniff');
    expect(created.headers.get('x-powered-by')).toBeNull();
    expect(catalog.contexts.at(-1)).toMatchObject({ tenantId, requestId: 'mine-1', ifMatch: null, idempotencyKey: null });
  });

  it('carries its conditions, and a hash of method, address and body', async () => {
    const id = catalog.add(tenantId);
    expect((await api('PATCH', `/datasets/${id}`, { json: {}, headers: { 'If-Match': '"7"' } })).headers.get('etag')).toBe('"8"');
    expect(catalog.contexts.at(-1)?.ifMatch).toBe('7');
    expect(problem(await api('PATCH', `/datasets/${id}`, { json: {}, headers: { 'If-Match': '"6"' } }))).toBe(
      '412 precondition_failed',
    );
    const hashOf = async (json: unknown): Promise<unknown> => {
      await api('POST', '/datasets', { json, headers: { 'Idempotency-Key': 'abc' } });
      return catalog.contexts.at(-1);
    };
    const first = await hashOf(newDataset);
    expect(first).toMatchObject({ idempotencyKey: 'abc', requestHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(await hashOf(newDataset)).toMatchObject({ requestHash: (first as { requestHash: string }).requestHash });
    expect(await hashOf({ ...newDataset, name: 'Other' })).not.toMatchObject({
      requestHash: (first as { requestHash: string }).requestHash,
    });
  });

  it('answers 204 without a body, and HEAD as GET', async () => {
    const id = catalog.add(tenantId);
    const head = await fetch(`${gateway.url}/api/v1/datasets/${id}`, {
      method: 'HEAD',
      headers: { Authorization: `Bearer ${key}` },
    });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, '"7"', '']);
    const gone = await api('DELETE', `/datasets/${id}`);
    expect([gone.status, gone.headers.get('content-length'), gone.body]).toEqual([204, null, { text: '' }]);
  });

  it('understands Python booleans and the defaults of lists', async () => {
    const seen: unknown[] = [];
    const responder = answer(gateway.connection, listModels, ({ query }) => {
      seen.push(query);
      return { body: { items: [], total: 0, page: query.page, page_size: query.page_size, next_cursor: null } };
    });
    expect((await api('GET', '/models?is_active=True&page=2')).body).toMatchObject({ page: 2, page_size: 1000, total: 0 });
    expect(seen).toMatchObject([{ is_active: true, sort: '-created_at' }]);
    const refused = await api('GET', '/models?page_size=1001&is_active=yes');
    expect(problem(refused)).toBe('422 validation_failed');
    expect((refused.body['errors'] as { loc: unknown }[]).map(({ loc }) => loc)).toEqual([
      ['query', 'page_size'],
      ['query', 'is_active'],
    ]);
    await responder.stop();
  });
});

describe('a problem', () => {
  it('has the documented form and a sentence', async () => {
    const { status, headers, body } = await api('POST', '/datasets', {
      json: { name: '', artifact_types: [{ name: 'a' }, { name: 'a' }] },
    });
    expect(status).toBe(422);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      type: 'urn:earmark:problem:validation_failed',
      title: 'Some values are not valid',
      status: 422,
      code: 'validation_failed',
      request_id: headers.get('x-request-id'),
    });
    expect(body['detail']).toMatch(/^The value of body\.name is not valid: .+ \(and 1 more\)\.$/);
    expect((body['errors'] as { loc: unknown; type: string }[]).map(({ loc }) => loc)).toEqual([
      ['body', 'name'],
      ['body', 'artifact_types', 1, 'name'],
    ]);
  });

  it.each(['not-a-uuid', '1', '%00', '0198c1f2-7a3e-7cc0-9b1d-3f7e5a1c0001'])('is 404 for the id %s', async (id) => {
    expect(problem(await api('GET', `/datasets/${id}`))).toBe('404 dataset_not_found');
  });

  it('is 404 for another organisation’s id', async () => {
    const other = await gateway.organisation();
    const id = catalog.add(tenantId);
    expect(problem(await apiOf(gateway.url, other.key)('GET', `/datasets/${id}`))).toBe('404 dataset_not_found');
    expect((await api('GET', `/datasets/${id}`)).status).toBe(200);
  });

  it('is 404 for an address, 405 for a method', async () => {
    expect(problem(await api('GET', '/nothing'))).toBe('404 not_found');
    const refused = await api('PUT', '/datasets');
    expect(problem(refused)).toBe('405 method_not_allowed');
    expect(refused.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS');
    const outside = await fetch(`${gateway.url}/robots.txt`);
    expect([outside.status, outside.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  it('is 503 with Retry-After while the owner is away', async () => {
    const away = await api('POST', '/training-jobs', {
      json: { dataset_id: randomUUID(), annotation_set_id: randomUUID(), config: { artifact_types: ['glitch'] } },
    });
    expect(problem(away)).toBe('503 service_unavailable');
    expect(away.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(away.body)).not.toMatch(/nats|responders/i);
  });
});

describe('keys and scopes', () => {
  it('are asked for', async () => {
    const none = await apiOf(gateway.url, null)('GET', '/datasets');
    expect(problem(none)).toBe('401 unauthenticated');
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    for (const wrong of ['nonsense', `${key}x`, key.replace(/.$/, key.endsWith('a') ? 'b' : 'a'), 'x'.repeat(8_000)])
      expect(problem(await apiOf(gateway.url, wrong)('GET', '/datasets'))).toBe('401 unauthenticated');
  });

  it('decide what may be called', async () => {
    const { body } = await api('POST', '/auth/api-keys', { json: { name: 'reader', scopes: ['read'] } });
    const reader = apiOf(gateway.url, String(body['key']));
    expect((await reader('GET', '/datasets')).status).toBe(200);
    expect(problem(await reader('POST', '/datasets', { json: newDataset }))).toBe('403 missing_scope');
    expect(problem(await reader('GET', '/auth/api-keys'))).toBe('403 missing_scope');
  });
});

describe('browsers', () => {
  it('may ask first', async () => {
    const answered = await fetch(`${gateway.url}/api/v1/datasets`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://studio.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(answered.status).toBe(204);
    expect(answered.headers.get('access-control-allow-origin')).toBe('*');
    expect(answered.headers.get('access-control-allow-methods')).toContain('POST');
    expect(answered.headers.get('access-control-allow-headers')).toMatch(/X-API-Key/);
    expect(answered.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('may be limited to some origins', async () => {
    const strict = await gateway.another({ CORS_ORIGINS: 'https://studio.example, https://two.example' });
    const originOf = async (origin: string): Promise<string | null> =>
      (await fetch(`${strict.url}/openapi.json`, { headers: { Origin: origin } })).headers.get('access-control-allow-origin');
    expect(await originOf('https://two.example')).toBe('https://two.example');
    expect(await originOf('https://evil.example')).toBeNull();
  });
});

describe('beside the API', () => {
  it.each([
    ['/', 'application/json', '"docs":"/docs"'],
    ['/openapi.json', 'application/json', '"openapi":"3.1.0"'],
    ['/asyncapi.json', 'application/json', '"asyncapi":"3.0.0"'],
    ['/docs', 'text/html', '<script src="/docs/swagger-ui-bundle.js">'],
    ['/docs/swagger-ui-bundle.js', 'text/javascript', 'SwaggerUIBundle'],
    ['/docs/start.js', 'text/javascript', '/openapi.json'],
    ['/health/live', 'application/json', 'ok'],
    ['/metrics', 'text/plain', 'earmark_http_request_seconds'],
  ])('%s is %s', async (path, type, part) => {
    const answered = await fetch(`${gateway.url}${path}`);
    expect([answered.status, answered.headers.get('content-type')]).toEqual([200, expect.stringContaining(type)]);
    expect(await answered.text()).toContain(part);
  });

  it('is ready when its servers are', async () => {
    await eventually(async () => expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200));
  });
});

describe('the audit log', () => {
  it('has every call that may have changed something, refused ones too', async () => {
    const requestId = randomUUID();
    await api('POST', '/datasets', { json: {}, headers: { 'X-Request-Id': requestId } });
    await api('GET', '/datasets', { headers: { 'X-Request-Id': `${requestId}-get` } });
    const rows = await eventually(async () => {
      const found = await gateway.database.query<Record<string, unknown>>('SELECT * FROM audit_log WHERE request_id LIKE $1', [
        `${requestId}%`,
      ]);
      expect(found.rows).toHaveLength(1);
      return found.rows;
    });
    expect(rows).toMatchObject([
      { tenant_id: tenantId, route: 'catalog.create-dataset', method: 'POST', path: '/api/v1/datasets', status: 422 },
    ]);
  });
});
