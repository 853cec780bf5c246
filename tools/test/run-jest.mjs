#!/usr/bin/env node
// `npm test` of every workspace: build all workspaces (unless EARMARK_BUILT says that this was done), then jest as native ES modules.
// `--unit` runs the specs that need no server, `--integration` those in test/integration, `--slow` the *.slow.spec files; other arguments
// go to jest. Unit results are kept in .results/unit.json, so that a run which turbo skips still counts.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const require = createRequire(import.meta.url);

const SLOW = '\\.slow\\.spec\\.js$';
const INTEGRATION = '<rootDir>/dist/test/integration/';
const KINDS = {
  '--unit': { config: { testPathIgnorePatterns: ['/node_modules/', SLOW, INTEGRATION] }, flags: ['--json', '--outputFile=.results/unit.json'] }, // prettier-ignore
  '--integration': { config: { testMatch: [`${INTEGRATION}**/*.spec.js`] }, flags: [] },
  '--slow': {
    config: {
      testMatch: ['<rootDir>/dist/**/*.slow.spec.js'],
      testPathIgnorePatterns: ['/node_modules/'],
      testTimeout: 1_800_000,
    },
    flags: [],
  },
};

const run = (command, commandArgs) => spawnSync(command, commandArgs, { stdio: 'inherit' }).status ?? 1;

const kind = process.argv.find((arg) => arg in KINDS);
const args = process.argv.slice(2).filter((arg) => arg !== kind);
const { config, flags } = KINDS[kind] ?? { config: {}, flags: [] };

if (process.env.EARMARK_BUILT !== '1' && run(process.execPath, [path.join(root, 'tools/build/build.mjs')]) !== 0) process.exit(1);
if (kind === '--unit') fs.mkdirSync('.results', { recursive: true });
const base = (await import(pathToFileURL(require.resolve('@earmark/config-jest')))).default;
process.exit(
  run(process.execPath, [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    path.join(path.dirname(require.resolve('jest/package.json')), 'bin/jest.js'),
    '--config',
    JSON.stringify({ ...base, rootDir: process.cwd(), ...config }),
    '--passWithNoTests',
    ...flags,
    ...args,
  ]),
);
