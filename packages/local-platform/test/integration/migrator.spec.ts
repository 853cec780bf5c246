import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryPostgres, type TemporaryServer } from '@earmark/local-platform';
import {
  appsWithDatabase,
  applyMigrations,
  createDatabase,
  ensureRole,
  migrateAll,
  roleUrl,
} from '@earmark/local-platform/database';

let server: TemporaryServer;
let adminUrl: string;
let migrationsDir: string;

beforeAll(async () => {
  server = await temporaryPostgres();
  await server.start();
});
afterAll(async () => {
  await server.stop();
  server.remove();
});

beforeEach(async () => {
  adminUrl = await createDatabase(server.url);
  migrationsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-migrations-'));
});

function writeMigration(name: string, sql: string): void {
  fs.mkdirSync(path.join(migrationsDir, name), { recursive: true });
  fs.writeFileSync(path.join(migrationsDir, name, 'migration.sql'), sql);
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function ownerUrl(app = 'model-registry'): Promise<string> {
  await ensureRole(adminUrl, app, 'test');
  return roleUrl(adminUrl, app, 'test');
}

const migrateEverything = () => migrateAll({ adminUrl, passwordOf: () => 'test' });

describe('the migrator', () => {
  it('brings every app up to date once, however many run at the same time', async () => {
    const runs = await Promise.all([migrateEverything(), migrateEverything(), migrateEverything()]);
    for (const app of appsWithDatabase()) {
      const applied = runs.flatMap((results) =>
        results.filter((result) => result.app === app).flatMap((result) => result.applied),
      );
      expect(applied.length).toBeGreaterThan(0);
      expect(new Set(applied).size).toBe(applied.length);
    }
    expect((await migrateEverything()).flatMap((result) => result.applied)).toEqual([]);
  });

  it('keeps tables and bookkeeping in the schema of the app, owned by its role, closed to others', async () => {
    const urls = new Map((await migrateEverything()).map((result) => [result.app, result.url]));
    const tables = await query(
      adminUrl,
      `SELECT tableowner FROM pg_tables WHERE schemaname = 'model_registry' AND tablename IN ('outbox', '_prisma_migrations')`,
    );
    expect(tables).toEqual([{ tableowner: 'model_registry' }, { tableowner: 'model_registry' }]);
    await expect(query(urls.get('catalog') ?? '', 'SELECT * FROM model_registry.outbox')).rejects.toThrow(
      'permission denied for schema model_registry',
    );
    expect(await query(urls.get('model-registry') ?? '', 'SELECT * FROM outbox')).toEqual([]);
  });

  it('applies only what is missing, in the order of names', async () => {
    const url = await ownerUrl();
    writeMigration('0002_second', 'ALTER TABLE things ADD COLUMN size INT;');
    writeMigration('0001_first', `CREATE TABLE things (name TEXT DEFAULT 'a;b'); DO $$ BEGIN PERFORM 1; PERFORM 2; END $$;`);
    expect(await applyMigrations({ url, migrationsDir })).toEqual(['0001_first', '0002_second']);
    writeMigration('0003_third', `INSERT INTO things (size) VALUES (3);`);
    expect(await applyMigrations({ url, migrationsDir })).toEqual(['0003_third']);
    expect(await query(url, 'SELECT * FROM things')).toEqual([{ name: 'a;b', size: 3 }]);
  });

  it('leaves nothing of a migration that fails, and takes its corrected form', async () => {
    const url = await ownerUrl();
    writeMigration('0001_first', 'CREATE TABLE things (id INT); SELECT 1 / 0;');
    await expect(applyMigrations({ url, migrationsDir })).rejects.toThrow(
      'The migration 0001_first failed and was rolled back: division by zero',
    );
    writeMigration('0001_first', 'CREATE TABLE things (id INT);');
    expect(await applyMigrations({ url, migrationsDir })).toEqual(['0001_first']);
  });

  it('records a migration and its effect together or not at all', async () => {
    const url = await ownerUrl();
    writeMigration('0001_first', 'CREATE TABLE things (id INT); ALTER TABLE _prisma_migrations RENAME TO elsewhere;');
    await expect(applyMigrations({ url, migrationsDir })).rejects.toThrow(
      'was rolled back: relation "_prisma_migrations" does not exist',
    );
    writeMigration('0001_first', 'CREATE TABLE things (id INT);');
    expect(await applyMigrations({ url, migrationsDir })).toEqual(['0001_first']);
  });

  it('refuses a migration that was edited after it was applied', async () => {
    const url = await ownerUrl();
    writeMigration('0001_first', 'CREATE TABLE things (id INT);');
    await applyMigrations({ url, migrationsDir });
    writeMigration('0001_first', 'CREATE TABLE things (id BIGINT);');
    await expect(applyMigrations({ url, migrationsDir })).rejects.toThrow('0001_first was edited after it was applied');
  });

  it('says what to do when the schema is not there', async () => {
    await ownerUrl();
    const url = roleUrl(adminUrl, 'model-registry', 'test').replace('schema=model_registry', 'schema=elsewhere');
    await expect(applyMigrations({ url, migrationsDir })).rejects.toThrow('The schema elsewhere does not exist');
  });
});
