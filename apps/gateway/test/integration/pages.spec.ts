import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Problem } from '@earmark/contracts';
import { deleteInferenceJob, listInferenceJobs } from '@earmark/contracts/inference/routes';
import { answer, type Responder } from '@earmark/messaging';
import { apiOf, problem, type Api } from '../support/api.js';
import { runGateway, type RunningGateway } from '../support/running-gateway.js';

let gateway: RunningGateway;
let key: string;
let api: Api;
let responder: Responder | undefined;
beforeAll(async () => {
  gateway = await runGateway();
  ({ key } = await gateway.organisation());
  api = apiOf(gateway.url, key);
});
afterAll(() => gateway?.stop());
afterEach(async () => {
  await responder?.stop();
  responder = undefined;
});

const TOTAL = 1_200;
const jobs = Array.from({ length: TOTAL }, (_, index) => ({
  id: randomUUID(),
  model_id: randomUUID(),
  source_job_id: null,
  config: { thresholds: { [`${index} ${'x'.repeat(12_000)}`]: 0.5 }, merge_window_ms: 200, min_duration_ms: 50 },
  status: 'completed' as const,
  total_files: 1,
  processed_files: 1,
  failed_files: 0,
  total_detections: 0,
  error_message: null,
  created_at: '2026-01-02T03:04:05.000Z',
  started_at: null,
  completed_at: null,
}));

/** Lists 12 KB jobs, 300 a message; the part that begins at `failsAt` is refused. */
function listJobs(failsAt = Infinity): void {
  responder = answer(gateway.connection, listInferenceJobs, ({ query }) => {
    const from = query.cursor === undefined ? (query.page - 1) * query.page_size : Number(query.cursor);
    if (from >= failsAt) throw new Problem('service_unavailable', 'The database is away.');
    const end = Math.min(TOTAL, from + Math.min(300, query.page_size));
    const items = jobs.slice(from, end);
    const body = {
      items,
      total: TOTAL,
      page: query.page,
      page_size: query.page_size,
      next_cursor: end < TOTAL ? `${end}` : null,
    };
    return { body };
  });
}

describe('a list that no single message could carry', () => {
  it('is one whole page, larger than a message, with everything that belongs to the envelope', async () => {
    listJobs();
    const { status, body, headers } = await api('GET', '/inference-jobs');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect({ ...body, items: [] }).toEqual({ items: [], total: TOTAL, page: 1, page_size: 1000, next_cursor: '1000' });
    expect(JSON.stringify(body['items']).length).toBeGreaterThan(8 * 1024 ** 2);
    expect((body['items'] as { id: string }[]).map(({ id }) => id)).toEqual(jobs.slice(0, 1_000).map(({ id }) => id));
    const rest = await api('GET', '/inference-jobs?page=2');
    expect((rest.body['items'] as { id: string }[]).map(({ id }) => id)).toEqual(jobs.slice(1_000).map(({ id }) => id));
    expect(rest.body['next_cursor']).toBeNull();
  });

  it('is refused when its second part is, and cut off when a later one is, never short', async () => {
    listJobs(300);
    expect(problem(await api('GET', '/inference-jobs'))).toBe('503 service_unavailable');
    await responder?.stop();
    listJobs(600);
    await expect(api('GET', '/inference-jobs')).rejects.toThrow();
    expect((await api('GET', '/inference-jobs?page_size=500')).body['items']).toHaveLength(500);
  });

  it('is cheap to ask for with HEAD', async () => {
    listJobs(300);
    const head = await fetch(`${gateway.url}/api/v1/inference-jobs`, { method: 'HEAD', headers: { 'X-API-Key': key } });
    expect(head.status).toBe(200);
  });
});

describe('a route that answers with or without a body', () => {
  it('is 200 with it and 204 without', async () => {
    responder = answer(gateway.connection, deleteInferenceJob, ({ query }) => ({ body: query.purge ? null : jobs[0]! }));
    const id = randomUUID();
    expect(await api('DELETE', `/inference-jobs/${id}`)).toMatchObject({ status: 200, body: { id: jobs[0]?.id } });
    const purged = await api('DELETE', `/inference-jobs/${id}?purge=True`);
    expect([purged.status, purged.body]).toEqual([204, { text: '' }]);
  });
});
