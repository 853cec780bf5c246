#!/usr/bin/env node
// Writes the SQL that takes an app's migrations to its schema.prisma: `new-migration.mjs APP NAME` -> prisma/migrations/NNNN_name.
// The difference is taken against a real, temporary PostgreSQL that has run the existing migrations.
import fs from 'node:fs';
import path from 'node:path';
import { temporaryPostgres } from '@earmark/local-platform';
import { applyMigrations, ensureRole, roleUrl } from '@earmark/local-platform/database';
import { appNamed } from './apps.mjs';
import { runPrisma } from './cli.mjs';

async function differenceOf(app) {
  const server = await temporaryPostgres();
  await server.start();
  try {
    await ensureRole(server.url, app.name, 'migration');
    const url = roleUrl(server.url, app.name, 'migration');
    await applyMigrations({ url, migrationsDir: app.migrationsDir });
    const args = ['migrate', 'diff', '--from-config-datasource', '--to-schema', app.schemaFile, '--script'];
    return runPrisma(app, args, { DATABASE_URL: url });
  } finally {
    await server.stop();
    server.remove();
  }
}

function nextFolder(app, name) {
  const numbers = fs.existsSync(app.migrationsDir)
    ? fs.readdirSync(app.migrationsDir).map((folder) => Number.parseInt(folder, 10))
    : [];
  const next = Math.max(0, ...numbers.filter((number) => !Number.isNaN(number))) + 1;
  return path.join(app.migrationsDir, `${String(next).padStart(4, '0')}_${name}`);
}

async function main([appName, name]) {
  if (!appName || !/^[a-z][a-z0-9_]*$/.test(name ?? ''))
    throw new Error('Usage: new-migration.mjs APP NAME, the name in snake_case.');
  const app = appNamed(appName);
  const sql = await differenceOf(app);
  if (sql.trim() === '' || sql.includes('This is an empty migration'))
    return console.log(`apps/${appName}: the migrations already lead to the schema.`);
  const folder = nextFolder(app, name);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'migration.sql'), sql);
  console.log(`wrote ${path.relative(process.cwd(), folder)}/migration.sql: read it before you commit it`);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
