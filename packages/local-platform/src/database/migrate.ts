import fs from 'node:fs';
import path from 'node:path';
import { repositoryDir } from '../repository.js';
import { applyMigrations } from './migrations.js';
import { ensureRole, roleUrl } from './roles.js';

/** An app whose schema is up to date: `url` is its role's, `applied` names the migrations that this call applied. */
export interface MigratedApp {
  readonly app: string;
  readonly url: string;
  readonly applied: readonly string[];
}

export interface MigrateOptions {
  /** URL of a user that may create roles and schemas. */
  readonly adminUrl: string;
  /** The password of an app's role. */
  readonly passwordOf: (app: string) => string;
  /** Default: every app with a schema. */
  readonly apps?: readonly string[];
}

const appsDir = path.join(repositoryDir, 'apps');

/** Names of the apps that own a database schema, sorted. */
export function appsWithDatabase(): string[] {
  const ownsSchema = (app: string): boolean => fs.existsSync(path.join(appsDir, app, 'prisma/schema.prisma'));
  return fs.readdirSync(appsDir).filter(ownsSchema).sort();
}

/** Role, schema and migrations of each app in the administrator's database. */
export async function migrateAll({ adminUrl, passwordOf, apps = appsWithDatabase() }: MigrateOptions): Promise<MigratedApp[]> {
  const results: MigratedApp[] = [];
  for (const app of apps) {
    await ensureRole(adminUrl, app, passwordOf(app));
    results.push(await migrateOne(app, roleUrl(adminUrl, app, passwordOf(app))));
  }
  return results;
}

/** The migrations of one app, by its own role's URL; role and schema must exist. Throws when no app has that name or no URL is given. */
export async function migrateOne(app: string, url: string | undefined): Promise<MigratedApp> {
  if (!appsWithDatabase().includes(app)) throw new Error(`--app takes one of: ${appsWithDatabase().join(', ')}.`);
  if (!url) throw new Error('Set DATABASE_URL.');
  const migrationsDir = path.join(appsDir, app, 'prisma/migrations');
  return { app, url, applied: await applyMigrations({ url, migrationsDir }) };
}
