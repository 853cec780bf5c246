// One role and one schema per service, of the same name: what a service may not read, the database refuses.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

// Roles are shared by the whole server: two migrators that create or alter one meet as one of these.
const LOST_RACE = new Set(['42710', '23505', 'XX000', '40001']);
const ATTEMPTS = 20;

/** An app's schema and role: its folder name with '_' for '-'. */
export const schemaOf = (app: string): string => app.replaceAll('-', '_');

/** The URL with which an app reaches its schema in the administrator's database. */
export function roleUrl(adminUrl: string, app: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = schemaOf(app);
  url.password = password;
  url.searchParams.set('schema', schemaOf(app));
  return url.toString();
}

/** Makes sure that the role (with this password) and its schema exist; may run concurrently and repeatedly. */
export async function ensureRole(adminUrl: string, app: string, password: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await ensureLogin(client, schemaOf(app), password);
    await ensureSchema(client, schemaOf(app));
  } finally {
    await client.end();
  }
}

async function ensureLogin(client: pg.Client, role: string, password: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  await retryLostRace(async () => {
    const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
    const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(`${verb} ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    await client.query(`ALTER ROLE ${name} SET search_path = ${name}`);
  });
}

async function ensureSchema(client: pg.Client, role: string): Promise<void> {
  const name = client.escapeIdentifier(role);
  await retryLostRace(async () => {
    // An administrator that is not superuser may only give a schema to a role it is a member of.
    await client.query(`GRANT ${name} TO CURRENT_USER`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${name} AUTHORIZATION ${name}`);
  });
}

async function retryLostRace(work: () => Promise<void>, attempt = 1): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (attempt === ATTEMPTS || !LOST_RACE.has((error as { code?: string }).code ?? '')) throw error;
    await delay(10 * attempt);
    await retryLostRace(work, attempt + 1);
  }
}
