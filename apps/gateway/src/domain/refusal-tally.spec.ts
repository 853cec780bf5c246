import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from './audit-entry.js';
import { RefusalTally } from './refusal-tally.js';

const refusal = (requestId: string, change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: requestId,
  tenantId: 'tenant',
  keyId: 'key',
  route: 'catalog.create-dataset',
  method: 'POST',
  path: '/api/v1/datasets',
  status: 429,
  requestId,
  at: new Date(0),
  occurrences: 1,
  ...change,
});

describe('the tally of refusals', () => {
  it('returns the first of a kind and counts the rest until it is collected', () => {
    const tally = new RefusalTally();
    const first = refusal('1');
    expect(tally.add(first)).toBe(first);
    for (let index = 2; index <= 1_000; index += 1) expect(tally.add(refusal(String(index)))).toBeNull();
    expect(tally.collect()).toEqual([refusal('1000', { occurrences: 999 })]);
    expect(tally.collect()).toEqual([]);
    expect(tally.add(refusal('1001'))).not.toBeNull();
  });

  it('keeps organisations, keys, routes and statuses apart', () => {
    const tally = new RefusalTally();
    const kinds = [{}, { keyId: 'other' }, { route: 'catalog.delete-dataset' }, { status: 403 }, { tenantId: 'neighbour' }];
    for (const change of kinds) expect(tally.add(refusal('1', change))).not.toBeNull();
    expect(tally.collect()).toEqual([]);
  });

  it('stays small when one organisation is refused with ever new keys, and does not touch its neighbour', () => {
    const tally = new RefusalTally();
    const stored = Array.from({ length: 5_000 }, (_, index) => tally.add(refusal(String(index), { keyId: `key ${index}` })));
    const kept = stored.filter((entry) => entry !== null);
    expect(kept.length + tally.collect().length).toBeLessThan(60);
    expect(kept.at(-1)).toMatchObject({ route: '*', tenantId: 'tenant' });
    const neighbour = refusal('n', { tenantId: 'neighbour' });
    expect(tally.add(neighbour)).toBe(neighbour);
  });
});
