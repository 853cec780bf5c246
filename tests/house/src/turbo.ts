import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { at, filesBelow } from './repository.js';

const launcher = createRequire(import.meta.url).resolve('turbo/bin/turbo');

export interface PlannedTask {
  readonly taskId: string;
  readonly package: string;
  readonly hash: string;
  readonly command: string;
  readonly cache: { readonly status: 'HIT' | 'MISS' };
}

/**
 * Copies everything of the repository that is neither installed nor generated to `folder`, so that changes can be planted there.
 * The copy is a Git repository with an index: without one, turbo counts files that .gitignore names.
 */
export function copyRepository(folder: string): void {
  for (const file of filesBelow('.', () => true)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.copyFileSync(at(file), path.join(folder, file));
  }
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
}

function git(folder: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')} failed: ${stderr}`);
}

function turbo(folder: string, args: readonly string[]): string {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], TURBO_TELEMETRY_DISABLED: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, 'run', ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`turbo run ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}

/** What `turbo run` would do in `folder`: tasks that exist as scripts, with their hashes and whether their results are cached. */
export function planOf(folder: string, args: readonly string[]): PlannedTask[] {
  const { tasks } = JSON.parse(turbo(folder, [...args, '--dry=json'])) as { tasks: PlannedTask[] };
  return tasks.filter(({ command }) => command !== '<NONEXISTENT>');
}

export const runTurbo = (folder: string, args: readonly string[]): string => turbo(folder, args);
