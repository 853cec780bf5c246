import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@earmark/testkit';
import { apiOf, problem, type Api } from '../support/api.js';
import { runGateway, type RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
let key: string;
let tenantId: string;
let api: Api;
beforeAll(async () => {
  gateway = await runGateway();
  ({ key, tenantId } = await gateway.organisation());
  api = apiOf(gateway.url, key);
});
afterAll(() => gateway?.stop());

const statusOf = async (url: string, keyText: string): Promise<number> =>
  (await apiOf(url, keyText)('GET', '/auth/api-keys')).status;
const outbox = async (subject: string): Promise<unknown[]> =>
  (await gateway.database.query<{ payload: unknown }>('SELECT payload FROM outbox WHERE subject = $1', [subject])).rows;

describe('API keys', () => {
  it('are shown once, listed without their text, and stored as a hash', async () => {
    const created = await api('POST', '/auth/api-keys', { json: { name: 'CI', scopes: ['read', 'detect', 'read'] } });
    expect(created.status).toBe(201);
    const text = String(created.body['key']);
    expect(text).toMatch(/^em_live_[a-z2-7]{38}$/);
    expect(created.body).toMatchObject({ name: 'CI', scopes: ['read', 'detect'], expires_at: null, last_used_at: null });
    expect(text.startsWith(String(created.body['key_prefix']))).toBe(true);
    const list = await api('GET', '/auth/api-keys?page_size=1');
    expect(list.body).toMatchObject({ total: 2, page: 1, page_size: 1, items: [{ id: created.body['id'] }] });
    expect(JSON.stringify(list.body)).not.toContain(text.slice(14));
    const next = await api('GET', `/auth/api-keys?cursor=${String(list.body['next_cursor'])}`);
    expect(next.body).toMatchObject({ next_cursor: null, items: [{ name: 'first key' }] });
    const { rows } = await gateway.database.query('SELECT * FROM api_key');
    expect(JSON.stringify(rows)).not.toContain(text.slice(14));
  });

  it('end at once when revoked, on every gateway', async () => {
    const second = await gateway.another();
    const { body } = await api('POST', '/auth/api-keys', { json: { name: 'short', scopes: ['admin'] } });
    const text = String(body['key']);
    expect([await statusOf(gateway.url, text), await statusOf(second.url, text)]).toEqual([200, 200]);
    const revokedAt = performance.now();
    expect((await api('DELETE', `/auth/api-keys/${String(body['id'])}`)).status).toBe(204);
    await eventually(
      async () => expect([await statusOf(gateway.url, text), await statusOf(second.url, text)]).toEqual([401, 401]),
      { timeoutMs: 1_000 - (performance.now() - revokedAt) },
    );
    expect(problem(await api('DELETE', `/auth/api-keys/${String(body['id'])}`))).toBe('404 api_key_not_found');
    expect(await outbox('evt.gateway.api-key-revoked.v1')).toContainEqual({ payload: { tenantId, keyId: body['id'] } });
  });

  it('expire', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const { body } = await api('POST', '/auth/api-keys', { json: { name: 'brief', expires_at: expiresAt } });
    expect(await statusOf(gateway.url, String(body['key']))).toBe(200);
    await eventually(async () => expect(await statusOf(gateway.url, String(body['key']))).toBe(401));
    expect(Date.now()).toBeGreaterThanOrEqual(new Date(expiresAt).getTime());
    const past = await api('POST', '/auth/api-keys', { json: { name: 'past', expires_at: '2020-01-01T00:00:00Z' } });
    expect(problem(past)).toBe('422 validation_failed');
  });

  it('belong to one organisation', async () => {
    const other = await gateway.organisation();
    const otherApi = apiOf(gateway.url, other.key);
    const { body } = await api('POST', '/auth/api-keys', { json: { name: 'mine' } });
    expect(problem(await otherApi('DELETE', `/auth/api-keys/${String(body['id'])}`))).toBe('404 api_key_not_found');
    expect((await otherApi('GET', '/auth/api-keys')).body).toMatchObject({ total: 1 });
    expect(problem(await api('DELETE', '/auth/api-keys/nonsense'))).toBe('404 api_key_not_found');
    expect(await statusOf(gateway.url, String(body['key']))).toBe(200);
  });

  it('refuse a cursor of nobody', async () => {
    expect(problem(await api('GET', '/auth/api-keys?cursor=abc'))).toBe('422 validation_failed');
  });
});

describe('an idempotency key', () => {
  const create = (name: string, idempotencyKey: string) =>
    api('POST', '/auth/api-keys', { json: { name }, headers: { 'Idempotency-Key': idempotencyKey } });

  it('gives the first answer again, without its secret', async () => {
    const first = await create('twice', 'k-1');
    const again = await create('twice', 'k-1');
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(first.body['key']).toMatch(/^em_live_/);
    expect(again.body).toEqual({ ...first.body, key: null });
    expect(problem(await create('other', 'k-1'))).toBe('422 idempotency_key_reused');
  });

  it('lets one of many twins through', async () => {
    const twins = await Promise.all(Array.from({ length: 8 }, () => create('twins', 'k-2')));
    const ids = new Set(twins.filter(({ status }) => status === 201).map(({ body }) => body['id']));
    expect(ids.size).toBe(1);
    for (const twin of twins.filter(({ status }) => status !== 201)) {
      expect(problem(twin)).toBe('409 idempotency_in_flight');
      expect(twin.headers.get('retry-after')).toBe('1');
    }
    const { rows } = await gateway.database.query("SELECT id FROM api_key WHERE name = 'twins'");
    expect(rows).toHaveLength(1);
  });

  it('belongs to one organisation and must be printable', async () => {
    const other = await gateway.organisation();
    const headers = { 'Idempotency-Key': 'k-1' };
    expect((await apiOf(gateway.url, other.key)('POST', '/auth/api-keys', { json: { name: 'x' }, headers })).status).toBe(201);
    expect(problem(await create('long', 'x'.repeat(256)))).toBe('400 malformed_request');
  });
});

describe('the operator’s tool', () => {
  it('creates, lists and deletes organisations, whose keys end', async () => {
    const { organisation_id: id = '', api_key: text = '' } = await gateway.admin('org', 'create', 'Acme');
    expect(await statusOf(gateway.url, text)).toBe(200);
    expect(await gateway.admin('org', 'list')).toContainEqual(expect.objectContaining({ id, name: 'Acme' }));
    const { api_key: secondKey = '' } = await gateway.admin('key', 'create', 'Acme', 'CI');
    expect((await apiOf(gateway.url, secondKey)('GET', '/auth/api-keys')).body).toMatchObject({ total: 2 });
    await expect(gateway.admin('org', 'create', 'Acme')).rejects.toMatchObject({
      code: 1,
      stderr: 'There is already an organisation named "Acme".\n',
    });
    await gateway.admin('org', 'delete', 'Acme');
    await eventually(async () => expect(await statusOf(gateway.url, text)).toBe(401));
    await expect(gateway.admin('org', 'delete', id)).rejects.toMatchObject({ code: 1 });
    await expect(gateway.admin('org', 'paint')).rejects.toMatchObject({
      code: 64,
      stderr: expect.stringContaining('Usage') as unknown,
    });
  });

  it('has its facts published by the running gateway', async () => {
    const { organisation_id: id } = await gateway.admin('org', 'create', 'Told');
    await eventually(async () => {
      const { rows } = await gateway.database.query(
        "SELECT 1 FROM outbox WHERE subject = 'evt.gateway.organisation-created.v1' AND payload->>'tenantId' = $1 AND published_at IS NOT NULL",
        [id],
      );
      expect(rows).toHaveLength(1);
    });
  });
});

describe('the budget of a key', () => {
  it('is shared by the gateways and says when to come back', async () => {
    const env = { RATE_LIMIT_PER_MINUTE: '40' };
    const gateways = [await gateway.another(env), await gateway.another(env)];
    const other = await gateway.organisation();
    // A window may turn while the requests run: then they meet two budgets.
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => apiOf(gateways[index % 2]?.url ?? '', other.key)('GET', '/auth/api-keys')),
    );
    const allowed = answers.filter(({ status }) => status === 200);
    expect(allowed.length).toBeGreaterThanOrEqual(40);
    expect(allowed.length).toBeLessThanOrEqual(80);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused && problem(refused)).toBe('429 rate_limited');
    expect(refused?.headers.get('ratelimit-remaining')).toBe('0');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api('GET', '/auth/api-keys')).status).toBe(200);
  });
});
