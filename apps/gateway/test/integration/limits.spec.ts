import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listModels } from '@earmark/contracts/model-registry/routes';
import { answer } from '@earmark/messaging';
import { eventually } from '@earmark/testkit';
import type { RunningService } from '@earmark/service-runtime';
import { apiOf, problem, type Answer, type Api } from '../support/api.js';
import { StandInCatalog } from '../support/datasets.js';
import { ApplyRetention } from '../../src/use-cases/apply-retention.js';
import { RecordAudit } from '../../src/use-cases/record-audit.js';
import { runGateway, type RunningGateway } from '../support/running-gateway.js';

const LIMITS = {
  RATE_LIMIT_PER_MINUTE: '400',
  ORGANISATION_RATE_LIMIT_PER_MINUTE: '600',
  ORGANISATION_CONCURRENCY: '4',
  ORGANISATION_WAITING: '4',
  AUDIT_RETENTION_DAYS: '30',
};

let gateway: RunningGateway;
let second: RunningService;
beforeAll(async () => {
  gateway = await runGateway(LIMITS);
  second = await gateway.another(LIMITS);
  new StandInCatalog(gateway.connection);
});
afterAll(() => gateway?.stop());

const refused = ({ status }: Answer): boolean => status === 429;

/** Calls until the budget is used up; more than two minutes' budgets would mean that there is none. */
async function useUp(apis: readonly Api[]): Promise<Answer> {
  for (let call = 0; call < 1_300; call += 1) {
    const answered = await (apis[call % apis.length] as Api)('GET', '/datasets');
    if (refused(answered)) return answered;
  }
  throw new Error('No call was refused.');
}

async function keysOf(api: Api, count: number): Promise<string[]> {
  const made: string[] = [];
  for (let index = 0; index < count; index += 1)
    made.push(String((await api('POST', '/auth/api-keys', { json: { name: `key ${index}` } })).body['key']));
  return made;
}

describe('the budget of an organisation', () => {
  it('is one for all its keys and for both gateways, and a neighbour has its own', async () => {
    const { key } = await gateway.organisation();
    const [other = '', fresh = ''] = await keysOf(apiOf(gateway.url, key), 2);
    // A minute that ends in the middle begins a new budget: then once more.
    await eventually(
      async () => {
        const last = await useUp([apiOf(gateway.url, key), apiOf(second.url, other)]);
        expect(problem(last)).toBe('429 rate_limited');
        expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
        expect(last.headers.get('ratelimit-remaining')).toBe('0');
        expect(last.headers.get('ratelimit-limit')).toBe('600');
        for (const { url } of [gateway, second]) await useUp([apiOf(url, key), apiOf(url, other)]);
        for (const { url } of [gateway, second]) expect(refused(await apiOf(url, fresh)('GET', '/datasets'))).toBe(true);
      },
      { timeoutMs: 60_000 },
    );
    const neighbour = await gateway.organisation();
    expect((await apiOf(gateway.url, neighbour.key)('GET', '/datasets')).status).toBe(200);
  }, 90_000);
});

describe('calls under way', () => {
  it('are bounded per organisation: the rest waits, what exceeds the line is refused, and a neighbour goes past', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let underWay = 0;
    const responder = answer(gateway.connection, listModels, async ({ query }) => {
      underWay += 1;
      await held;
      return { body: { items: [], total: 0, page: query.page, page_size: query.page_size, next_cursor: null } };
    });
    const { key } = await gateway.organisation();
    const api = apiOf(gateway.url, key);
    await api('GET', '/datasets');
    const answers: Answer[] = [];
    const flood = Array.from({ length: 20 }, async () => answers.push(await api('GET', '/models')));
    await eventually(() => expect(answers).toHaveLength(12));
    for (const turnedAway of answers) {
      expect(problem(turnedAway)).toBe('429 rate_limited');
      expect(turnedAway.headers.get('retry-after')).toBe('1');
    }
    const neighbour = await gateway.organisation();
    expect((await apiOf(gateway.url, neighbour.key)('GET', '/datasets')).status).toBe(200);
    expect(underWay).toBe(4);
    release();
    await Promise.all(flood);
    expect(answers.slice(12).map(({ status }) => status)).toEqual(Array(8).fill(200));
    await responder.stop();
  });
});

describe('refused calls', () => {
  it('leave a few rows in the audit log, however many there are', async () => {
    const { key, tenantId } = await gateway.organisation();
    const [reader = ''] = await eventually(async () => {
      const { body } = await apiOf(gateway.url, key)('POST', '/auth/api-keys', { json: { name: 'reader', scopes: ['read'] } });
      return [String(body['key'])];
    });
    const api = apiOf(gateway.url, reader);
    for (let call = 0; call < 300; call += 1) expect((await api('POST', '/datasets', { json: { name: 'x' } })).status).toBe(403);
    const count = async (): Promise<number> => {
      const { rows } = await gateway.database.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM audit_log WHERE tenant_id = $1 AND status = 403',
        [tenantId],
      );
      return rows[0]?.n ?? 0;
    };
    await eventually(async () => expect(await count()).toBeGreaterThan(0));
    gateway.service.app.get(RecordAudit).collectRefusals();
    const total = async (): Promise<number> => {
      const { rows } = await gateway.database.query<{ n: number }>(
        'SELECT sum(occurrences)::int AS n FROM audit_log WHERE tenant_id = $1 AND status = 403',
        [tenantId],
      );
      return rows[0]?.n ?? 0;
    };
    await eventually(async () => expect(await total()).toBe(300));
    // Two, and two more for every minute that ended meanwhile.
    expect(await count()).toBeLessThanOrEqual(6);
  });
});

describe('retention', () => {
  it('deletes audit entries and budgets that are too old, and keeps the rest', async () => {
    const { tenantId } = await gateway.organisation();
    const insert = (daysAgo: number) =>
      gateway.database.query(
        `INSERT INTO audit_log (id, tenant_id, key_id, route, method, path, status, request_id, at)
         VALUES ($1, $2, $2, 'r', 'POST', '/', 201, $3, now() - $4::int * interval '1 day')`,
        [randomUUID(), tenantId, String(daysAgo), daysAgo],
      );
    for (const daysAgo of [400, 31, 29, 0]) await insert(daysAgo);
    await gateway.database.query(`INSERT INTO request_budget VALUES ('key', $1, now() - interval '2 days', 5)`, [tenantId]);
    await gateway.service.app.get(ApplyRetention).execute();
    const { rows } = await gateway.database.query<{ request_id: string }>(
      'SELECT request_id FROM audit_log WHERE tenant_id = $1 ORDER BY at',
      [tenantId],
    );
    expect(rows.map(({ request_id: daysAgo }) => daysAgo)).toEqual(['29', '0']);
    expect((await gateway.database.query('SELECT 1 FROM request_budget WHERE holder_id = $1', [tenantId])).rowCount).toBe(0);
  });
});
