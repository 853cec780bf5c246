#!/usr/bin/env node
// `npm test`: everything, from a fresh clone: installs what the tests need, compiles once, runs all workspaces, counts.
// Arguments name workspaces, `--slow` runs the slow specs; `--prepare` stops before the tests (CI runs the checks in between).
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { prepareCode } from './dependencies.mjs';
import { homePaths, repositoryDir } from './home.mjs';
import { step } from './progress.mjs';
import { runCommand } from './run-command.mjs';
import { UserError } from './user-error.mjs';

// The demo corpus speaks through espeak-ng; the quickstart is plain Python with requests.
const DEBIAN_PACKAGES = [
  { name: 'espeak-ng', isPresent: () => spawnSync('espeak-ng', ['--version']).status === 0 },
  { name: 'python3-requests', isPresent: () => spawnSync('/usr/bin/python3', ['-c', 'import requests']).status === 0 },
];

await runCommand(async () => {
  const args = process.argv.slice(2);
  const home = homePaths();
  await prepareCode(home);
  const { natsBinary } = await import('@earmark/local-platform'); // it exists only after an install
  await step('nats-server', (note) => note(natsBinary(home.cache).source));
  installDebianPackages(DEBIAN_PACKAGES.filter(({ isPresent }) => !isPresent()).map(({ name }) => name));
  if (args.includes('--prepare')) return;
  const runAll = path.join(repositoryDir, 'tools/test/run-all.mjs');
  const { status } = spawnSync(process.execPath, [runAll, ...args], {
    stdio: 'inherit',
    env: { ...process.env, EARMARK_BUILT: '1' },
  });
  process.exitCode = status ?? 1;
});

function installDebianPackages(names) {
  if (names.length === 0) return;
  const command = `apt-get install -y ${names.join(' ')}`;
  const isPossible = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!isPossible) throw new UserError(`The tests need ${names.join(' and ')}: as root, run ${command}, then start again.`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => spawnSync('apt-get', ['install', '-y', '--no-install-recommends', ...names], { env, encoding: 'utf8' });
  if (install().status === 0) return;
  spawnSync('apt-get', ['update'], { env }); // fresh images come without package lists
  const result = install();
  if (result.status !== 0)
    throw new UserError(
      `${command} failed (${result.stderr.trim().split('\n').at(-1)}): install them yourself, then start again.`,
    );
}
