#!/usr/bin/env node
// Writes the Prisma client of one app or of all: `generate.mjs [APP]`, or without a name from inside an app's folder.
// Skipped when the schema and the Prisma version are those of the client that is already there.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { appAround, appNamed, appsWithSchema } from './apps.mjs';
import { runPrisma } from './cli.mjs';

const prismaVersion = createRequire(import.meta.url)('prisma/package.json').version;

function generate(app) {
  const stampFile = path.join(app.clientDir, '.generated-from');
  const stamp = createHash('sha256').update(prismaVersion).update(fs.readFileSync(app.schemaFile)).digest('hex');
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp) return;
  runPrisma(app, ['generate']);
  fs.writeFileSync(stampFile, stamp);
  console.log(`generated apps/${app.name}`);
}

const name = process.argv[2] ?? appAround(process.cwd());
try {
  for (const app of name ? [appNamed(name)] : appsWithSchema()) generate(app);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
