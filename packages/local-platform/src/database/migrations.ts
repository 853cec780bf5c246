// Applies an app's prisma/migrations under Prisma's own lock and bookkeeping table, so that `prisma migrate status` agrees.
import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';

interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

const PRISMA_LOCK = 72_707_369; // the advisory lock that Prisma Migrate itself takes
const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ, migration_name VARCHAR(255) NOT NULL,
  logs TEXT, rolled_back_at TIMESTAMPTZ, started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;
const RECORD =
  'INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)';

/**
 * Brings one schema up to date. `url` is the owning role's, its `?schema=` names the schema, which must exist.
 * Each migration and its bookkeeping row commit together: a killed migrator leaves nothing half done. (So a migration cannot
 * hold statements that refuse transactions, such as CREATE INDEX CONCURRENTLY.) Returns the names applied by this call.
 * Throws when a migration fails, was edited after it was applied, or is marked failed by the Prisma CLI.
 */
export async function applyMigrations({ url, migrationsDir }: { url: string; migrationsDir: string }): Promise<string[]> {
  const schema = new URL(url).searchParams.get('schema') ?? 'public';
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(${PRISMA_LOCK})`); // released with the session
    await enterSchema(client, schema);
    return await applyMissing(client, readMigrations(migrationsDir));
  } finally {
    await client.end();
  }
}

async function enterSchema(client: pg.Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rowCount === 0)
    throw new Error(`The schema ${schema} does not exist: run infra/database/migrate.mjs as administrator first.`);
  await client.query(`SET search_path TO ${client.escapeIdentifier(schema)}`);
}

async function applyMissing(client: pg.Client, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(BOOKKEEPING);
  const applied = await appliedChecksums(client);
  const missing = migrations.filter(({ name }) => !applied.has(name));
  const edited = migrations.find(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (edited) throw new Error(`The migration ${edited.name} was edited after it was applied: restore it and write a new one.`);
  for (const migration of missing) await applyOne(client, migration);
  return missing.map(({ name }) => name);
}

async function appliedChecksums(client: pg.Client): Promise<Map<string, string>> {
  const { rows } = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
    'SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => row.finished_at === null);
  if (failed)
    throw new Error(`The migration ${failed.migration_name} failed earlier: repair it and mark it with prisma migrate resolve.`);
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

async function applyOne(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query(RECORD, [randomUUID(), checksum, name]);
    await client.query('COMMIT');
  } catch (error) {
    throw new Error(`The migration ${name} failed and was rolled back: ${(error as Error).message}`, { cause: error });
  }
}

function readMigrations(dir: string): Migration[] {
  if (!fs.existsSync(dir)) return [];
  return fs
    .readdirSync(dir)
    .sort()
    .map((name) => ({ name, file: path.join(dir, name, 'migration.sql') }))
    .filter(({ file }) => fs.existsSync(file))
    .map(({ name, file }) => {
      const sql = fs.readFileSync(file, 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    });
}
