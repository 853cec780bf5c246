#!/usr/bin/env node
// Brings the database up to date; safe to repeat and to run concurrently.
//   migrate.mjs           with DATABASE_ADMIN_URL: every app's role, schema and migrations. Passwords of the roles come from
//                         EARMARK_DB_PASSWORD_<APP> (CATALOG, MODEL_REGISTRY, ...), else from EARMARK_DB_PASSWORD.
//   migrate.mjs --app X   with DATABASE_URL of that app's role (?schema=...): its migrations only, as before a pod starts.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyMigrations } from './migrations.mjs';
import { ensureRole, roleUrl, schemaOf } from './roles.mjs';

const appsDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../apps');

/** Names of the apps that own a database schema, sorted. */
export function appsWithDatabase() {
  const ownsSchema = (app) => fs.existsSync(path.join(appsDir, app, 'prisma/schema.prisma'));
  return fs.readdirSync(appsDir).filter(ownsSchema).sort();
}

/** Where an app's migrations are. */
export const migrationsDirOf = (app) => path.join(appsDir, app, 'prisma/migrations');

/**
 * Role, schema and migrations of each app in the administrator's database; `passwordOf(app)` gives the role's password.
 * Returns `[{ app, url, applied: migration names }]`.
 */
export async function migrateAll({ adminUrl, passwordOf, apps = appsWithDatabase() }) {
  const results = [];
  for (const app of apps) {
    await ensureRole(adminUrl, app, passwordOf(app));
    const url = roleUrl(adminUrl, app, passwordOf(app));
    results.push({ app, url, applied: await applyMigrations({ url, migrationsDir: migrationsDirOf(app) }) });
  }
  return results;
}

async function main() {
  const at = process.argv.indexOf('--app');
  const results =
    at < 0
      ? await migrateAll({ adminUrl: required('DATABASE_ADMIN_URL'), passwordOf: passwordFromEnv })
      : [await migrateOne(process.argv[at + 1])];
  for (const { app, applied } of results)
    console.log(`${app}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
}

async function migrateOne(app) {
  if (!app || !appsWithDatabase().includes(app)) throw new Error(`--app takes one of: ${appsWithDatabase().join(', ')}.`);
  return { app, applied: await applyMigrations({ url: required('DATABASE_URL'), migrationsDir: migrationsDirOf(app) }) };
}

function passwordFromEnv(app) {
  const name = `EARMARK_DB_PASSWORD_${schemaOf(app).toUpperCase()}`;
  return process.env[name] ?? process.env.EARMARK_DB_PASSWORD ?? required(name);
}

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`Set ${name}.`);
  return value;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
