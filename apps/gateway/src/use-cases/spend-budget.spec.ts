import { beforeEach, describe, expect, it } from '@jest/globals';
import { SpendBudget } from './spend-budget.js';

/** A budget table of one key that several gateways share. */
function sharedBudget(resetInMs: () => number) {
  const table = { leased: 0, leases: 0 };
  const lease = async (_keyId: string, block: number) => {
    table.leases += 1;
    table.leased += block;
    return { leased: table.leased, resetInMs: resetInMs() };
  };
  return { table, lease };
}

describe('the rate budget', () => {
  let nowMs: number;
  let shared: ReturnType<typeof sharedBudget>;
  const gateway = (): SpendBudget =>
    new SpendBudget({
      budgets: { lease: shared.lease },
      clock: { now: () => new Date(nowMs) },
      sizes: { limit: 100, block: 10 },
    });
  const spend = async (budget: SpendBudget, times: number): Promise<number> => {
    const outcomes = await Promise.all(Array.from({ length: times }, () => budget.execute('key')));
    return outcomes.filter(({ allowed }) => allowed).length;
  };

  beforeEach(() => {
    nowMs = 0;
    shared = sharedBudget(() => 60_000 - (nowMs % 60_000));
  });

  it('allows exactly the limit over two gateways, asking the database by the block', async () => {
    const [one, two] = [gateway(), gateway()];
    const allowed = (await spend(one, 80)) + (await spend(two, 80));
    expect(allowed).toBe(100);
    expect(shared.table.leases).toBeLessThanOrEqual(12);
  });

  it('does not ask again when the budget is used up, until the next window', async () => {
    const one = gateway();
    await spend(one, 150);
    const { leases } = shared.table;
    expect(await spend(one, 100)).toBe(0);
    expect(shared.table.leases).toBe(leases);
    nowMs = 60_000;
    shared = sharedBudget(() => 60_000);
    const next = gateway();
    expect((await next.execute('key')).figures).toEqual({ limit: 100, remaining: 99, resetSeconds: 60 });
  });

  it('renews its own window', async () => {
    const one = gateway();
    await spend(one, 150);
    nowMs = 60_001;
    shared.table.leased = 0;
    expect((await one.execute('key')).allowed).toBe(true);
    one.dropOld();
    expect((await one.execute('key')).allowed).toBe(true);
  });

  it('passes on that the database is away, and recovers', async () => {
    let isAway = true;
    const { lease } = shared;
    const budget = new SpendBudget({
      budgets: { lease: (key, block) => (isAway ? Promise.reject(new Error('away')) : lease(key, block)) },
      clock: { now: () => new Date(nowMs) },
      sizes: { limit: 100, block: 10 },
    });
    await expect(budget.execute('key')).rejects.toThrow('away');
    isAway = false;
    expect((await budget.execute('key')).allowed).toBe(true);
  });
});
