#!/usr/bin/env node
// `npm test` of every workspace: build it (and what it needs, when turbo has not), then jest as native ES modules.
// Arguments go to jest; `--slow` runs the *.slow.spec files instead.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);
const slow = process.argv.includes('--slow');
const args = process.argv.slice(2).filter((arg) => arg !== '--slow');

const run = (command, commandArgs) => spawnSync(command, commandArgs, { stdio: 'inherit' }).status ?? 1;

if (process.env.EARMARK_BUILT !== '1' && run(process.execPath, [path.join(root, 'tools/build/build.mjs')]) !== 0) process.exit(1);
const base = (await import(pathToFileURL(require.resolve('@earmark/config-jest')))).default;
const config = {
  ...base,
  rootDir: process.cwd(),
  ...(slow
    ? { testMatch: ['<rootDir>/dist/**/*.slow.spec.js'], testPathIgnorePatterns: ['/node_modules/'], testTimeout: 1_800_000 }
    : {}),
};
process.exit(
  run(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    path.join(path.dirname(require.resolve('jest/package.json')), 'bin/jest.js'),
    '--config',
    JSON.stringify(config),
    '--passWithNoTests',
    ...args,
  ]),
);
