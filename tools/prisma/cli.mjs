#!/usr/bin/env node
// Runs the Prisma CLI without network: its native schema engine is replaced by schema-engine.mjs (the official WASM build).
// By hand, from an app's folder: `DATABASE_URL=... node ../../tools/prisma/cli.mjs migrate status`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { appAround, appNamed, root } from './apps.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const cliFile = createRequire(import.meta.url).resolve('prisma/build/index.js');

/**
 * Runs `prisma ...args` for one app and returns its standard output.
 * Throws with what the CLI printed when it fails.
 */
export function runPrisma(app, args, extraEnv = {}) {
  const result = spawnSync(process.execPath, [cliFile, ...args, '--config', path.join(here, 'prisma.config.mjs')], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { ...process.env, ...prismaEnv(app), ...extraEnv },
  });
  if (result.status === 0) return result.stdout;
  throw new Error(`prisma ${args[0]} failed for ${app.name}:\n${result.error ?? ''}${result.stdout}${result.stderr}`);
}

function prismaEnv(app) {
  return {
    EARMARK_PRISMA_APP_DIR: app.dir,
    PRISMA_SCHEMA_ENGINE_BINARY: path.join(here, 'schema-engine.mjs'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const name = appAround(process.cwd());
  if (!name) {
    console.error('Run this from an app folder, for instance apps/catalog.');
    process.exit(1);
  }
  try {
    process.stdout.write(runPrisma(appNamed(name), process.argv.slice(2)));
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
