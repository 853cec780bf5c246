import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { roleUrl } from '../database/roles.js';
import { repositoryDir } from '../repository.js';
import { UserError } from '../user-error.js';
import { secret, type Home } from './home.js';
import type { Ready } from './ready.js';

const adminFile = path.join(repositoryDir, 'apps/gateway/dist/admin.js');

/** Runs the gateway's operator command on our terminal: in the platform that runs here, else in DATABASE_URL. Returns its exit code. */
export function runOperatorCommand(home: Home, args: readonly string[]): number {
  const { status } = spawnSync(process.execPath, [adminFile, ...args], { env: operatorEnv(home), stdio: 'inherit' });
  return status ?? 1;
}

function operatorEnv(home: Home): NodeJS.ProcessEnv {
  const ready = home.readJson<Ready | null>(home.readyFile, null);
  if (ready)
    return {
      ...process.env,
      DATABASE_URL: roleUrl(ready.servers.database_url, 'gateway', secret(home, 'database-gateway')),
    };
  if (process.env['DATABASE_URL']) return process.env;
  throw new UserError('No platform runs here: start it with npm start, or set DATABASE_URL to the gateway’s database.');
}

/** The same command with its last line of JSON as the result; throws with all of its output when it fails. */
export function askOperatorCommand(databaseUrl: string, args: readonly string[]): Record<string, string> {
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const { status, stdout, stderr } = spawnSync(process.execPath, [adminFile, ...args, '--json'], { env, encoding: 'utf8' });
  const line = stdout.split('\n').findLast((candidate) => candidate.startsWith('{"')); // log lines may come before it
  if (status !== 0 || line === undefined) throw new Error(`admin ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return JSON.parse(line) as Record<string, string>;
}
