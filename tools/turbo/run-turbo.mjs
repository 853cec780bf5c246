#!/usr/bin/env node
// `run-turbo.mjs TASK…`: turbo with what its hashes cannot see by themselves (the version of Node) and without telemetry.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const launcher = createRequire(import.meta.url).resolve('turbo/bin/turbo');

// Two at a time: a type check or a typed lint of one workspace takes up to 500 MB.
const FLAGS = ['--concurrency=2', '--output-logs=errors-only', '--log-order=grouped', '--continue'];

/** Runs turbo in the repository with its output on ours; `extraEnv` is added to the environment. Returns its exit code. */
export function runTurbo(args, extraEnv = {}) {
  const env = { ...process.env, EARMARK_NODE_VERSION: process.version, TURBO_TELEMETRY_DISABLED: '1', ...extraEnv };
  const child = spawn(process.execPath, [launcher, 'run', ...FLAGS, ...args], { cwd: root, env, stdio: 'inherit' });
  return new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runTurbo(process.argv.slice(2));
