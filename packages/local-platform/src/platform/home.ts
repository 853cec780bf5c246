import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { publicDirFor } from '../servers/postgres-files.js';
import { freePort } from '../servers/ports.js';

/** EARMARK_HOME as the launcher lays it out (infra/local/home.mjs): all that this machine keeps for one platform. */
export interface Home {
  readonly dir: string;
  readonly cache: string;
  readonly nats: string;
  readonly postgres: string;
  readonly s3: string;
  readonly scratch: string;
  readonly secretsFile: string;
  readonly portsFile: string;
  readonly keyFile: string;
  readonly readyFile: string;
  logOf(name: string): string;
  /** The content of a JSON file, or `otherwise` when there is none. */
  readJson<T>(file: string, otherwise: T): T;
  /** Replaces a JSON file in one step, readable by its owner only. */
  writeJson(file: string, value: unknown): void;
}

/** A password or key of that name, made once per home. */
export function secret(home: Home, name: string): string {
  const secrets = home.readJson<Record<string, string>>(home.secretsFile, {});
  const value = secrets[name] ?? randomBytes(18).toString('base64url');
  if (secrets[name] === undefined) home.writeJson(home.secretsFile, { ...secrets, [name]: value });
  return value;
}

/** The port used last time when it is still free: bookmarks and open psql sessions survive a restart. */
export async function keptPort(home: Home, name: string): Promise<number> {
  const ports = (): Record<string, number> => home.readJson(home.portsFile, {});
  const port = await freePort(ports()[name]);
  home.writeJson(home.portsFile, { ...ports(), [name]: port });
  return port;
}

/** Removes all data (not logs and downloads), as `--fresh` asks. */
export function eraseData(home: Home): void {
  const data = [home.nats, home.postgres, home.s3, home.scratch, home.secretsFile, home.portsFile, home.keyFile];
  for (const place of [...data, publicDirFor(home.postgres)]) fs.rmSync(place, { recursive: true, force: true });
}
