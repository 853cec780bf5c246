#!/usr/bin/env node
// Runs every workspace's tests (two workspaces at a time, whole journeys alone and last) and ends with `N passed, N failed`.
// Arguments: names of workspaces (`packages/audio catalog`) to run only these; `--slow` runs the slow specs instead (npm run test:slow).
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const slow = process.argv.includes('--slow');
const AT_ONCE = slow ? 1 : 2;

/** Workspaces with tests and compiled specs: `packages/audio`, … */
function workspacesWithTests(only) {
  const folders = ['packages', 'apps', 'tests'].flatMap((group) => fs.readdirSync(path.join(root, group)).sort().map((name) => `${group}/${name}`)); // prettier-ignore
  const isWanted = (folder) => only.length === 0 || only.includes(folder) || only.includes(path.basename(folder));
  const chosen = folders.filter((folder) => isWanted(folder) && hasSpecs(folder));
  if (chosen.length === 0) throw new Error('No workspace with tests has that name.');
  return chosen;
}

function hasSpecs(folder) {
  const below = ['src', 'test'].map((part) => path.join(root, folder, part)).filter((dir) => fs.existsSync(dir));
  return below.some((dir) =>
    fs.readdirSync(dir, { recursive: true }).some((file) => /\.spec\.tsx?$/.test(file) && file.includes('.slow.') === slow),
  );
}

/** Runs one workspace's test script and prints its output in one piece; returns what jest counted. */
async function runWorkspace(folder, resultsDir) {
  const resultFile = path.join(resultsDir, `${folder.replace('/', '-')}.json`);
  const startedAt = performance.now();
  const { code, output } = await npmTest(folder, resultFile);
  const counted = countsOf(folder, code, resultFile);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (counted.failed > 0) console.log(output);
  console.log(`${counted.failed > 0 ? '✖' : '✔'} ${folder}: ${counted.passed} passed, ${counted.failed} failed (${seconds} s)`);
  return counted;
}

function npmTest(folder, resultFile) {
  const args = [
    'run',
    'test',
    '--silent',
    '--workspace',
    folder,
    '--',
    '--json',
    `--outputFile=${resultFile}`,
    ...(slow ? ['--slow'] : []),
  ];
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const env = { ...process.env, EARMARK_BUILT: '1' };
  const child = spawn(npm[0], [...npm.slice(1), ...args], { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] }); // jest reports on stderr, JSON on stdout
  const chunks = [];
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString('utf8') })),
  );
}

/** A suite that could not run counts as one failure, and so does a workspace whose jest left no result or ended badly. */
function countsOf(folder, code, resultFile) {
  if (!fs.existsSync(resultFile)) return { folder, passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(fs.readFileSync(resultFile, 'utf8'));
  const failed = numFailedTests + numRuntimeErrorTestSuites;
  return { folder, passed: numPassedTests, failed: code === 0 ? failed : Math.max(1, failed) };
}

async function runPool(folders, size, resultsDir) {
  const queue = [...folders];
  const results = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results.push(await runWorkspace(next, resultsDir));
  };
  await Promise.all(Array.from({ length: size }, worker));
  return results;
}

async function main(only) {
  const folders = workspacesWithTests(only);
  const isJourney = (folder) => folder.startsWith('tests/');
  const resultsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-results-'));
  const results = await runPool(folders.filter((folder) => !isJourney(folder)), AT_ONCE, resultsDir); // prettier-ignore
  results.push(...(await runPool(folders.filter(isJourney), 1, resultsDir)));
  fs.rmSync(resultsDir, { recursive: true });
  const failing = results.filter(({ failed }) => failed > 0).map(({ folder }) => folder);
  if (failing.length > 0) console.log(`Failing: ${failing.join(', ')}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = failing.length > 0 ? 1 : 0;
}

main(process.argv.slice(2).filter((arg) => arg !== '--slow')).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
