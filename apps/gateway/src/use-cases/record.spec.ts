import { describe, expect, it } from '@jest/globals';
import type { AuditEntry } from '../domain/audit-entry.js';
import { RecordAudit } from './record-audit.js';
import { RecordKeyUse } from './record-key-use.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const entry = (requestId: string): AuditEntry => ({
  id: requestId,
  tenantId: 't',
  keyId: 'k',
  route: 'catalog.create-dataset',
  method: 'POST',
  path: '/api/v1/datasets',
  status: 201,
  requestId,
  at: new Date(0),
  occurrences: 1,
});

describe('the audit log', () => {
  it('is stored in batches and in order, and survives a failing database', async () => {
    const stored: AuditEntry[] = [];
    let isAway = true;
    const audit = {
      append: async (entries: readonly AuditEntry[]) => {
        if (isAway) throw new Error('away');
        expect(entries.length).toBeLessThanOrEqual(500);
        stored.push(...entries);
      },
    };
    const record = new RecordAudit({ audit, logger: silent });
    for (let index = 0; index < 1_200; index += 1) record.record(entry(String(index)));
    await record.flush();
    expect(stored).toEqual([]);
    isAway = false;
    await record.flush();
    expect(stored.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 1_200 }, (_, index) => String(index)));
  });
});

describe('refused calls in the audit log', () => {
  it('are stored as two entries a minute, however many there are', async () => {
    const stored: AuditEntry[] = [];
    const audit = { append: async (entries: readonly AuditEntry[]) => void stored.push(...entries) };
    const record = new RecordAudit({ audit, logger: silent });
    for (let index = 0; index < 5_000; index += 1) {
      record.record({ ...entry(String(index)), status: 429 });
      if (index % 1_000 === 0) await record.flush();
    }
    record.record(entry('written'));
    record.collectRefusals();
    await record.flush();
    expect(stored.map(({ status, occurrences }) => [status, occurrences])).toEqual([
      [429, 1],
      [201, 1],
      [429, 4_999],
    ]);
  });
});

describe('the last use of keys', () => {
  it('is stored once a flush, the newest wins over what failed before', async () => {
    const times = [new Date(1), new Date(2), new Date(3)];
    const stored: [string, Date][] = [];
    let isAway = true;
    const keys = {
      markUsed: async (usedAt: ReadonlyMap<string, Date>) => {
        if (isAway) throw new Error('away');
        stored.push(...usedAt);
      },
    };
    const use = new RecordKeyUse({ keys: keys as never, clock: { now: () => times.shift() ?? new Date(9) }, logger: silent });
    use.record('a');
    use.record('b');
    await use.flush();
    use.record('a');
    isAway = false;
    await use.flush();
    await use.flush();
    expect(stored).toEqual([
      ['a', new Date(3)],
      ['b', new Date(2)],
    ]);
  });
});
