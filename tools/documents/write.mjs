#!/usr/bin/env node
// Writes docs/openapi.json and docs/asyncapi.json from the contracts; with --check it only says whether they are up to date.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const contracts = path.join(root, 'packages/contracts');
const isCheck = process.argv.includes('--check');

function built() {
  const { status } = spawnSync(process.execPath, [path.join(root, 'tools/build/build.mjs'), contracts], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(1);
  return import('@earmark/contracts/documents');
}

function isWritten(file, text) {
  const target = path.join(root, 'docs', file);
  if (fs.existsSync(target) && fs.readFileSync(target, 'utf8') === text) return true;
  if (!isCheck) {
    fs.writeFileSync(target, text);
    console.log(`wrote docs/${file}`);
  }
  return false;
}

const { openApiDocument, asyncApiDocument } = await built();
const documents = {
  'openapi.json': openApiDocument({ serverUrl: 'http://localhost:8080' }),
  'asyncapi.json': asyncApiDocument(),
};
const stale = Object.entries(documents)
  .filter(([file, document]) => !isWritten(file, `${JSON.stringify(document, null, 2)}\n`))
  .map(([file]) => `docs/${file}`);
if (isCheck && stale.length > 0) {
  console.error(`${stale.join(' and ')} no longer say what the contracts say. Run \`npm run documents\` and commit the result.`);
  process.exitCode = 1;
}
