import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TAKE_UNPUBLISHED } from '@earmark/messaging';
import { startServers, type TestServers } from '@earmark/testkit';
import { Client } from 'pg';

const SERVICES = ['gateway', 'catalog', 'ingest', 'trainer', 'model-registry', 'inference'] as const;

let servers: TestServers<{ postgres: true }>;
beforeAll(async () => {
  servers = await startServers({ postgres: true });
});
afterAll(() => servers?.stop());

describe('the outbox', () => {
  it.each(SERVICES)('of %s is read in its index order, however long the backlog is', async (service) => {
    const database = new Client({ connectionString: await servers.postgres.createDatabase(service) });
    await database.connect();
    try {
      await database.query(
        `INSERT INTO outbox (id, kind, subject, payload, headers, attempts, published_at)
         SELECT gen_random_uuid(), 'event', 'evt.spec', '{}', '{}', n % 8, CASE WHEN n % 2 = 0 THEN now() END
         FROM generate_series(1, 20000) AS n`,
      );
      await database.query('ANALYZE outbox');
      const { rows } = await database.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${TAKE_UNPUBLISHED}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('Index Scan using outbox_to_publish');
      expect(plan).not.toContain('Sort');
    } finally {
      await database.end();
    }
  });
});
