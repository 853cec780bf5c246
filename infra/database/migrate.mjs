#!/usr/bin/env node
// Brings the database up to date; safe to repeat and to run concurrently.
//   migrate.mjs           with DATABASE_ADMIN_URL: every app's role, schema and migrations. Passwords of the roles come from
//                         EARMARK_DB_PASSWORD_<APP> (CATALOG, MODEL_REGISTRY, ...), else from EARMARK_DB_PASSWORD.
//   migrate.mjs --app X   with DATABASE_URL of that app's role (?schema=...): its migrations only, as before a pod starts.
import { migrateAll, migrateOne, schemaOf } from '@earmark/local-platform/database';

async function main() {
  const at = process.argv.indexOf('--app');
  const results =
    at < 0
      ? await migrateAll({ adminUrl: required('DATABASE_ADMIN_URL'), passwordOf: passwordFromEnv })
      : [await migrateOne(process.argv[at + 1] ?? '', process.env.DATABASE_URL)];
  for (const { app, applied } of results)
    console.log(`${app}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
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

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
