import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repositoryDir } from '../../../infra/local/home.mjs';

/** Runs a bench of a workspace with its output on our terminal; `env` adds to the environment. Throws when it fails. */
export function runScript(file, args = [], env = {}) {
  const { status, signal } = spawnSync(process.execPath, [path.join(repositoryDir, file), ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${file} ended with ${signal ?? `code ${status}`}`);
}
