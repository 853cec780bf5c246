import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { keepAlive, LeaseTable, PeriodicTask, prismaUnitOfWork, sqlOf, createLogger, type Sql } from '@earmark/service-kit';
import { databaseAdapter, databaseEnv, parseConfig } from '@earmark/service-runtime';
import { eventually, startServers, type TestServers } from '@earmark/testkit';
import { z } from 'zod';
import { PgPrisma } from '../support/pg-prisma.js';

const TABLE = `CREATE TABLE tasks (id uuid PRIMARY KEY, status text NOT NULL, lease_owner text, lease_epoch int NOT NULL DEFAULT 0,
  lease_expires_at timestamptz, attempt int NOT NULL DEFAULT 0)`;
const logger = createLogger({ service: 'spec', level: 'silent' });

const configAt = (DATABASE_URL: string) =>
  parseConfig(z.object(databaseEnv), { DATABASE_URL, DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '2000' });

let servers: TestServers<{ postgres: true }>;
let prisma: PgPrisma;
let sql: Sql;
let leases: LeaseTable;
let id: string;

beforeAll(async () => {
  servers = await startServers({ postgres: true });
  prisma = new PgPrisma({ adapter: databaseAdapter(configAt(await servers.postgres.createEmptyDatabase())) });
  sql = sqlOf(prismaUnitOfWork(prisma));
  leases = new LeaseTable({ sql, table: 'tasks' });
  await sql.execute(TABLE);
});
afterAll(async () => {
  await prisma?.$disconnect();
  await servers?.stop();
});
beforeEach(async () => {
  id = randomUUID();
  await sql.execute(`INSERT INTO tasks (id, status) VALUES ($1::uuid, 'queued')`, id);
});

const claimBy = (owner: string, ttlMs = 60_000, row = id) =>
  leases.claim(row, { owner, ttlMs, statuses: ['queued', 'training'] });
const expire = () => sql.execute(`UPDATE tasks SET lease_expires_at = now() - interval '1 second' WHERE id = $1::uuid`, id);

describe('a lease', () => {
  it('goes to one of two claimers', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, (_, index) => claimBy(`worker-${index}`)));
    expect(claims.filter((claim) => claim !== null)).toEqual([{ epoch: 1, attempt: 1 }]);
  });

  it('is refused to rows in another status and to rows that are not there', async () => {
    expect(await leases.claim(id, { owner: 'a', ttlMs: 1_000, statuses: ['done'] })).toBeNull();
    expect(await claimBy('a', 1_000, randomUUID())).toBeNull();
  });

  it('can be taken when it has expired; the loser can neither extend nor release it', async () => {
    const first = await claimBy('a');
    expect(first).toEqual({ epoch: 1, attempt: 1 });
    await expire();
    expect(await leases.heartbeat(id, { owner: 'a', epoch: 1, ttlMs: 1_000 })).toBe(false);
    expect(await claimBy('b')).toEqual({ epoch: 2, attempt: 2 });
    expect(await leases.heartbeat(id, { owner: 'a', epoch: 1, ttlMs: 1_000 })).toBe(false);
    expect(await leases.release(id, { owner: 'a', epoch: 1 })).toBe(false);
    expect(await leases.heartbeat(id, { owner: 'b', epoch: 2, ttlMs: 1_000 })).toBe(true);
  });

  it('says when it expires', async () => {
    expect(await leases.expiresInMs(id)).toBeNull();
    await claimBy('a', 60_000);
    const ms = (await leases.expiresInMs(id)) ?? 0;
    expect(ms).toBeGreaterThan(30_000);
    expect(ms).toBeLessThanOrEqual(60_000);
    expect(await leases.release(id, { owner: 'a', epoch: 1 })).toBe(true);
    expect(await leases.expiresInMs(id)).toBeNull();
    expect(await claimBy('b')).toEqual({ epoch: 2, attempt: 2 });
  });

  it('is kept alive past its time, and its loss aborts the work', async () => {
    const ttlMs = 300;
    await claimBy('a', ttlMs);
    const kept = keepAlive(leases, id, { owner: 'a', epoch: 1, ttlMs });
    const startedMs = performance.now();
    await eventually(() => performance.now() - startedMs > 2 * ttlMs);
    expect(kept.signal.aborted).toBe(false);
    expect(await claimBy('b')).toBeNull();
    await sql.execute(`UPDATE tasks SET lease_owner = 'b', lease_epoch = 2 WHERE id = $1::uuid`, id);
    await eventually(() => kept.signal.aborted);
    expect(kept.signal.reason).toMatchObject({ code: 'lease_lost' });
    kept.stop();
  });
});

describe('a transaction', () => {
  it('is joined by what runs inside, undone as a whole, and followed by its hooks only when it commits', async () => {
    const uow = prismaUnitOfWork(prisma);
    const inside = sqlOf(uow);
    const said: string[] = [];
    const write = (status: string) => inside.execute('UPDATE tasks SET status = $2::text WHERE id = $1::uuid', id, status);
    const failing = uow.transaction(async () => {
      await write('outer');
      uow.afterCommit(() => said.push('failed'));
      await uow.transaction(() => write('inner'));
      throw new Error('undo');
    });
    await expect(failing).rejects.toThrow('undo');
    expect(await sql.query('SELECT status FROM tasks WHERE id = $1::uuid', id)).toEqual([{ status: 'queued' }]);
    await uow.transaction(async () => {
      uow.afterCommit(() => said.push('committed'));
      await write('done');
      expect(said).toEqual([]);
    });
    expect(said).toEqual(['committed']);
    expect(await sql.query('SELECT status FROM tasks WHERE id = $1::uuid', id)).toEqual([{ status: 'done' }]);
  });
});

describe('a periodic task', () => {
  it('runs on one replica at a time and again after a failure', async () => {
    let running = 0;
    let runs = 0;
    const run = async (): Promise<void> => {
      running += 1;
      expect(running).toBe(1);
      await sql.query('SELECT 1');
      running -= 1;
      runs += 1;
      if (runs === 1) throw new Error('the first one fails');
    };
    const replicas = [1, 2, 3].map(() => new PeriodicTask({ name: 'spec', everyMs: 10, run, sql, logger }));
    for (const replica of replicas) replica.start();
    await eventually(() => runs >= 3);
    await Promise.all(replicas.map((replica) => replica.stop()));
    const stoppedAt = runs;
    await sql.query('SELECT 1');
    expect(runs).toBe(stoppedAt);
  });

  it('stays the only one however long it runs', async () => {
    const beating = sqlOf(prismaUnitOfWork(prisma), { lockHeartbeatMs: 100 });
    let finish: () => void = () => undefined;
    const long = new Promise<void>((resolve) => (finish = resolve));
    const first = beating.exclusively('long', () => long);
    await eventually(async () => expect(await idleTransactions()).toBe(1));
    const startedAt = performance.now();
    // Longer than the server lets a transaction be idle.
    await eventually(() => performance.now() - startedAt > 4_500);
    expect(await sql.exclusively('long', async () => undefined)).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(await sql.exclusively('long', async () => undefined)).toBe(true);
  });
});

async function idleTransactions(): Promise<number> {
  const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`;
  return (await sql.query<{ n: number }>(text))[0]?.n ?? 0;
}
