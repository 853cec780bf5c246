#!/usr/bin/env node
// Runs every workspace's tests and ends with `N passed, N failed`: unit specs through turbo, which repeats only those whose inputs
// changed; then integration specs (two workspaces at a time), whole journeys alone and last. Code must be compiled.
// Arguments: names of workspaces (`packages/audio catalog`) to run only these; `--slow` runs the slow specs instead (npm run test:slow).
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTurbo } from '../turbo/run-turbo.mjs';
import { workspacesWithTests } from './workspaces.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const AT_ONCE = 2;

function chosenWorkspaces(names) {
  const isChosen = ({ folder }) => names.length === 0 || names.includes(folder) || names.includes(path.basename(folder));
  const chosen = workspacesWithTests(root).filter(isChosen);
  if (chosen.length === 0) throw new Error('No workspace with tests has that name.');
  return chosen;
}

/** Unit specs of the workspaces; what an earlier run found counts as long as turbo calls it valid. */
async function runUnit(workspaces) {
  if (workspaces.length === 0) return [];
  const resultOf = (folder) => path.join(root, folder, '.results/unit.json');
  for (const { folder } of workspaces) fs.rmSync(resultOf(folder), { force: true });
  const code = await runTurbo(['test:unit', ...workspaces.map(({ folder }) => `--filter=./${folder}`)], { EARMARK_BUILT: '1' });
  const results = workspaces.map(({ folder }) => countsOf(folder, undefined, resultOf(folder)));
  results.forEach(report);
  const isExplained = code === 0 || results.some(({ failed }) => failed > 0);
  return isExplained ? results : [...results, { folder: 'turbo', passed: 0, failed: 1 }];
}

/** Runs one workspace's test script and prints its output when something failed; returns what jest counted. */
async function runWorkspace(folder, flags, resultsDir) {
  const resultFile = path.join(resultsDir, `${folder.replace('/', '-')}.json`);
  const startedAt = performance.now();
  const { code, output } = await npmTest(folder, [...flags, '--json', `--outputFile=${resultFile}`]);
  const counted = countsOf(folder, code, resultFile);
  if (counted.failed > 0) console.log(output);
  report({ ...counted, seconds: (performance.now() - startedAt) / 1000 });
  return counted;
}

const report = ({ folder, passed, failed, seconds }) =>
  console.log(
    `${failed > 0 ? '✖' : '✔'} ${folder}: ${passed} passed, ${failed} failed (${seconds === undefined ? 'unit' : `${seconds.toFixed(1)} s`})`,
  );

function npmTest(folder, flags) {
  const args = ['run', 'test', '--silent', '--workspace', folder, '--', ...flags];
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
  return { folder, passed: numPassedTests, failed: code === 0 || code === undefined ? failed : Math.max(1, failed) };
}

async function runPool(workspaces, size, flagsOf) {
  const resultsDir = fs.mkdtempSync(path.join(os.tmpdir(), 'earmark-results-'));
  const queue = [...workspaces];
  const results = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      results.push(await runWorkspace(next.folder, flagsOf(next), resultsDir));
  };
  await Promise.all(Array.from({ length: size }, worker));
  fs.rmSync(resultsDir, { recursive: true });
  return results;
}

async function runQuick(workspaces) {
  const uncached = workspaces.filter(({ hasUncached }) => hasUncached);
  const flagsOf = ({ uncachedFlags }) => uncachedFlags;
  return [
    ...(await runUnit(workspaces.filter(({ hasUnit }) => hasUnit))),
    ...(await runPool(uncached.filter(({ isJourney }) => !isJourney), AT_ONCE, flagsOf)), // prettier-ignore
    ...(await runPool(uncached.filter(({ isJourney }) => isJourney), 1, flagsOf)), // prettier-ignore
  ];
}

const runSlow = (workspaces) => runPool(workspaces.filter(({ hasSlow }) => hasSlow), 1, () => ['--slow']); // prettier-ignore

async function main(args) {
  const workspaces = chosenWorkspaces(args.filter((arg) => arg !== '--slow'));
  const results = await (args.includes('--slow') ? runSlow(workspaces) : runQuick(workspaces));
  const failing = new Set(results.filter(({ failed }) => failed > 0).map(({ folder }) => folder));
  if (failing.size > 0) console.log(`Failing: ${[...failing].join(', ')}`);
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = failing.size > 0 ? 1 : 0;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
