import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startServers } from '@earmark/testkit';
import type { TestServers } from '@earmark/testkit';

let servers: TestServers<{ nats: true; postgres: true }>;

beforeAll(async () => {
  servers = await startServers({ nats: true, postgres: true });
});
afterAll(() => servers.stop());

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('startServers', () => {
  it('PostgreSQL keeps committed rows when it is killed and started again on the same port', async () => {
    const url = await servers.postgres.createDatabase('catalog');
    await query(url, `INSERT INTO stream_epoch (stream, epoch) VALUES ('EVENTS', 'one')`);
    const before = servers.postgres.pid;
    await servers.postgres.kill();
    await expect(query(url, 'SELECT 1')).rejects.toThrow();
    await servers.postgres.start();
    expect(servers.postgres.pid).not.toBe(before);
    expect(await query(url, 'SELECT stream, epoch FROM stream_epoch')).toEqual([{ stream: 'EVENTS', epoch: 'one' }]);
  });

  it('NATS comes back as another process at the same address', async () => {
    const { url, pid } = servers.nats;
    await servers.nats.kill();
    expect(servers.nats.pid).toBeUndefined();
    await servers.nats.start();
    expect(servers.nats.url).toBe(url);
    expect(servers.nats.pid).not.toBe(pid);
  });

  it('gives each caller its own database', async () => {
    const [first, second] = await Promise.all([
      servers.postgres.createDatabase('catalog'),
      servers.postgres.createDatabase('catalog'),
    ]);
    await query(first, `INSERT INTO inbox (consumer, message_id) VALUES ('c', '1')`);
    expect(await query(second, 'SELECT * FROM inbox')).toEqual([]);
  });

  it('stop() leaves no process behind', async () => {
    const own = await startServers({ nats: true, postgres: true });
    const pids = [own.nats.pid ?? 0, own.postgres.pid ?? 0];
    expect(pids.every(isRunning)).toBe(true);
    await own.stop();
    expect(pids.some(isRunning)).toBe(false);
  });
});
