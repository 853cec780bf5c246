import { describe, expect, it } from '@jest/globals';
import { callSchema, defineRoute, exampleIds, Uuid } from '@earmark/contracts';
import { z } from 'zod';
import { routeProblem } from './validation.js';

const route = defineRoute({
  name: 'catalog.change-note',
  method: 'PATCH',
  path: '/datasets/{dataset_id}/notes/{note_id}',
  summary: 'Changes a note.',
  scope: 'write',
  params: z.object({ dataset_id: Uuid, note_id: z.string().max(3) }),
  query: z.object({ page: z.coerce.number().int().optional() }),
  body: z.object({ labels: z.array(z.object({ start_ms: z.number() })) }),
  status: 200,
  problems: ['dataset_not_found'],
});
const context = {
  tenantId: exampleIds.tenantId,
  keyId: exampleIds.tenantId,
  scopes: [],
  requestId: 'r',
  idempotencyKey: null,
  requestHash: null,
  ifMatch: null,
};

function problemOf(call: { params?: object; query?: object; body?: object }) {
  const whole = { context, params: { dataset_id: exampleIds.datasetId, note_id: 'a' }, query: {}, body: { labels: [] }, ...call };
  const parsed = callSchema(route).safeParse(whole);
  if (parsed.success) throw new Error('It parsed.');
  return routeProblem(route, parsed.error);
}

describe('a call that does not parse', () => {
  it('names place, finding and rule', () => {
    const problem = problemOf({ query: { page: 'x' }, body: { labels: [{ start_ms: 1 }, { start_ms: 'soon' }] } });
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors.map(({ loc }) => loc)).toEqual([
      ['query', 'page'],
      ['body', 'labels', 1, 'start_ms'],
    ]);
    expect(problem.errors[1]).toMatchObject({ type: 'invalid_type', msg: expect.stringContaining('number') });
    expect(problem.detail).toMatch(/^query\.page: /);
  });

  it('is 404 for a malformed id: the resource’s own problem when the route knows it', () => {
    expect(problemOf({ params: { dataset_id: 'x', note_id: 'a' } }).code).toBe('dataset_not_found');
    expect(problemOf({ params: { dataset_id: exampleIds.datasetId, note_id: 'long' } }).code).toBe('not_found');
  });
});
