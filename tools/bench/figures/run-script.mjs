import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repositoryDir } from '../../../infra/local/home.mjs';

/** Runs a bench of a workspace with its output on our terminal; throws when it fails. */
export function runScript(file, args = []) {
  const { status, signal } = spawnSync(process.execPath, [path.join(repositoryDir, file), ...args], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${file} ended with ${signal ?? `code ${status}`}`);
}
