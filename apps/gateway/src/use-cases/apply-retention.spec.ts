import { describe, expect, it } from '@jest/globals';
import { ApplyRetention } from './apply-retention.js';

/** Rows by their time; deletes like the database does. */
function table(times: Date[]) {
  return (before: Date, limit: number): number => {
    const doomed = times.filter((time) => time < before).slice(0, limit);
    for (const time of doomed) times.splice(times.indexOf(time), 1);
    return doomed.length;
  };
}

describe('retention', () => {
  it('deletes what is older than its age, over several blocks, and nothing else', async () => {
    const now = new Date('2026-11-21T00:00:00Z');
    const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
    const audit = [...Array.from({ length: 12_000 }, () => daysAgo(31)), daysAgo(29)];
    const budgets = [daysAgo(2), daysAgo(0.5)];
    const [deleteAudit, deleteBudgets] = [table(audit), table(budgets)];
    const retained = {
      deleteAuditBefore: async (time: Date, limit: number) => deleteAudit(time, limit),
      deleteBudgetsBefore: async (time: Date, limit: number) => deleteBudgets(time, limit),
    };
    await new ApplyRetention({ retained, clock: { now: () => now }, auditDays: 30 }).execute();
    expect(audit).toEqual([daysAgo(29)]);
    expect(budgets).toEqual([daysAgo(0.5)]);
  });
});
