import { describe, expect, it } from '@jest/globals';
import { AdmitCall, type CallKind } from './admit-call.js';
import { CallSlots } from './call-slots.js';
import { SpendBudget } from './spend-budget.js';

/** Budgets in memory, shared by all gateways of a test as the table is. */
function budgetTable() {
  const leased = new Map<string, number>();
  const asked = { times: 0 };
  const budgets = {
    lease: async (holderId: string, block: number) => {
      asked.times += 1;
      leased.set(holderId, (leased.get(holderId) ?? 0) + block);
      return { leased: leased.get(holderId) ?? 0, resetInMs: 60_000 };
    },
  };
  return { budgets, asked };
}

function gateway(table: ReturnType<typeof budgetTable>, limits: { key: number; organisation: number; active?: number }) {
  const clock = { now: () => new Date(0) };
  const budgetOf = (limit: number): SpendBudget =>
    new SpendBudget({ budgets: table.budgets, clock, sizes: { limit, block: Math.max(1, limit / 10) } });
  const slots = (active: number): CallSlots => new CallSlots({ active, waiting: 0 });
  return new AdmitCall({
    keyBudget: budgetOf(limits.key),
    organisationBudget: budgetOf(limits.organisation),
    calls: slots(limits.active ?? 10_000),
    uploads: slots(1),
    streams: slots(1),
  });
}

async function outcomes(admit: AdmitCall, keyIds: readonly string[], times: number, tenantId = 'org') {
  const made: (string | null)[] = [];
  for (let call = 0; call < times; call += 1) {
    const { refusal, leave } = await admit.execute({ id: keyIds[call % keyIds.length] ?? '', tenantId }, 'call');
    made.push(refusal?.code ?? null);
    leave();
  }
  return made;
}

describe('the admission of calls', () => {
  it('gives all keys of an organisation one budget, over two gateways', async () => {
    const table = budgetTable();
    const [one, two] = [gateway(table, { key: 100, organisation: 200 }), gateway(table, { key: 100, organisation: 200 })];
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`);
    const made = [...(await outcomes(one, keys, 300)), ...(await outcomes(two, keys, 300))];
    expect(made.filter((code) => code === null)).toHaveLength(200);
    expect(new Set(made.filter((code) => code !== null))).toEqual(new Set(['rate_limited']));
    expect((await outcomes(one, ['neighbour key'], 1, 'neighbour'))[0]).toBeNull();
  });

  it('lets a key in a loop use up its own budget and nothing of the other keys', async () => {
    const admit = gateway(budgetTable(), { key: 100, organisation: 200 });
    await outcomes(admit, ['looping'], 5_000);
    const made = await outcomes(admit, ['other'], 100);
    expect(made.filter((code) => code === null)).toHaveLength(100);
  });

  it('asks nobody before it refuses', async () => {
    const table = budgetTable();
    const admit = gateway(table, { key: 10, organisation: 1_000 });
    await outcomes(admit, ['looping'], 20);
    const before = table.asked.times;
    await outcomes(admit, ['looping'], 1_000);
    expect(table.asked.times).toBe(before);
    const early = admit.refuseEarly({ id: 'looping', tenantId: 'org' }, 'call');
    expect(early).toMatchObject({ figures: { limit: 10, remaining: 0, resetSeconds: 60 }, refusal: { retryAfterSeconds: 60 } });
    expect(admit.refuseEarly({ id: 'other', tenantId: 'org' }, 'call')).toBeNull();
  });

  it('bounds the calls of an organisation that are under way, with a time to come back', async () => {
    const admit = gateway(budgetTable(), { key: 100, organisation: 1_000, active: 2 });
    const call = (tenantId: string, kind: CallKind = 'call') => admit.execute({ id: `key of ${tenantId}`, tenantId }, kind);
    const [first] = [await call('org'), await call('org')];
    expect((await call('org')).refusal).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 1 });
    expect((await call('neighbour')).refusal).toBeNull();
    first.leave();
    expect((await call('org')).refusal).toBeNull();
  });

  it('counts uploads and streams apart from short calls', async () => {
    const admit = gateway(budgetTable(), { key: 100, organisation: 1_000, active: 1 });
    const caller = { id: 'key', tenantId: 'org' };
    for (const kind of ['upload', 'stream', 'call'] as const) {
      expect((await admit.execute(caller, kind)).refusal).toBeNull();
      expect((await admit.execute(caller, kind)).refusal).toMatchObject({ code: 'rate_limited' });
    }
    expect((await admit.execute({ id: 'another key', tenantId: 'org' }, 'stream')).refusal).toBeNull();
  });
});
