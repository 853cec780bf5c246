#!/usr/bin/env node
// `npm run law`: who may import whom (dependency-cruiser), who may call whom, and no remote call inside an open transaction.
// `--write` redraws the calls in docs/architecture.md; without it a drawing that is out of date is an offence.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { callOffences, drawCalls, remoteCalls } from './calls.mjs';
import { ServiceProgram } from './program.mjs';
import { permissionOffences } from './traffic.mjs';
import { transactionOffences } from './transactions.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const DOCUMENT = path.join(root, 'docs/architecture.md');
const DRAWING = /(<!-- calls: written by `npm run law -- --write` -->\n)[\s\S]*?(\n<!-- end of calls -->)/;

function importOffences() {
  const args = [
    'depcruise',
    '--config',
    'tools/import-law/dependency-cruiser.cjs',
    'apps',
    'packages',
    'tests',
    'infra',
    'tools',
  ];
  return spawnSync('npx', args, { cwd: root, stdio: 'inherit' }).status === 0 ? [] : ['The import law is broken; see above.'];
}

function drawingOffences(calls) {
  const text = fs.readFileSync(DOCUMENT, 'utf8');
  if (!DRAWING.test(text)) return ['docs/architecture.md has no place for the drawing of calls.'];
  const redrawn = text.replace(DRAWING, `$1${drawCalls(calls)}$2`);
  if (redrawn === text) return [];
  if (!process.argv.includes('--write')) return ['The calls in docs/architecture.md are out of date: npm run law -- --write'];
  fs.writeFileSync(DOCUMENT, redrawn);
  return [];
}

const services = new ServiceProgram(root);
const calls = remoteCalls(services);
const offences = [
  ...importOffences(),
  ...callOffences(calls),
  ...transactionOffences(services),
  ...drawingOffences(calls),
  ...(await permissionOffences(services, calls, process.argv.includes('--write'))),
];
for (const offence of offences) console.error(`✖ ${offence}`);
if (offences.length === 0) console.log(`✔ ${calls.length} calls between services go down only, none inside a transaction`);
process.exitCode = offences.length === 0 ? 0 : 1;
