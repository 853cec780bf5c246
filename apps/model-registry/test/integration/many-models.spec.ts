import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asTenant, runRegistry, type RunningRegistry } from '../support/running-registry.js';

let registry: RunningRegistry;
beforeAll(async () => {
  registry = await runRegistry();
});
afterAll(() => registry?.stop());

const COUNT = 750;

describe('750 models with metrics of 60 types', () => {
  it('are listed in parts that fit in a message, in either order, with per_class and without intervals', async () => {
    const tenant = asTenant(registry);
    const id = await tenant.register({ f1Score: 0.5 });
    await registry.database.query(
      `UPDATE model SET eval_metrics = jsonb_set(eval_metrics, '{per_class}', (
         SELECT jsonb_object_agg('artifact type number ' || n, jsonb_build_object('precision', 0.9, 'recall', 0.8, 'f1_score', 0.85,
           'support', 12, 'false_alarms_per_hour', 0.5, 'threshold', 0.5, 'f1_interval', jsonb_build_array(0.8, 0.9)))
         FROM generate_series(1, 60) n)) WHERE id = $1`,
      [id],
    );
    await registry.database.query(
      `INSERT INTO model SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(),
         'training_job_id', gen_random_uuid(), 'created_at', m.created_at + n * interval '1 ms', 'f1_score', n / 1000.0,
         'eval_metrics', jsonb_set(m.eval_metrics, '{f1_score}', to_jsonb(n / 1000.0))))).*
       FROM model m, generate_series(1, $2::int) n WHERE m.id = $1`,
      [id, COUNT - 1],
    );
    for (const sort of ['-created_at', 'f1_score']) {
      const seen = new Set<string>();
      let parts = 0;
      for (let cursor: string | null | undefined; cursor !== null; parts += 1) {
        const page = await tenant.list({ sort, ...(cursor === undefined ? {} : { cursor }) });
        expect(page.total).toBe(COUNT);
        for (const model of page.items) seen.add(model.id);
        const [type] = Object.values(page.items[0]?.eval_metrics.per_class ?? {});
        expect(type).toMatchObject({ precision: 0.9, support: 12, f1_interval: null });
        cursor = page.next_cursor;
      }
      expect(seen.size).toBe(COUNT);
      expect(parts).toBeGreaterThan(1);
    }
    expect(Object.values((await tenant.read(id)).body.eval_metrics.per_class)[0]?.f1_interval).toEqual([0.8, 0.9]);
  }, 60_000);
});
