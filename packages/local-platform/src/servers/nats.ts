// A NATS server with JetStream on loopback. Needs a nats-server binary (nats-binary.ts finds one).
import fs from 'node:fs';
import path from 'node:path';
import { ManagedProcess } from '../processes/managed-process.js';
import { repositoryDir } from '../repository.js';
import { LOOPBACK, firstReply } from './ports.js';
import type { LocalServer } from './running-server.js';

/** The largest message the platform sends; anything larger goes by object reference. */
export const NATS_MAX_PAYLOAD_BYTES = 8 << 20;

export interface NatsOptions {
  readonly binary: string;
  readonly port: number;
  /** Configuration and JetStream store. */
  readonly dir: string;
  readonly logFile: string;
  /** The password of each user of the permissions. */
  readonly passwordOf: (user: string) => string;
}

/** A NATS server that lets in only the users of infra/nats/permissions.conf; `url` has no user. */
export interface NatsServer extends LocalServer {
  /** The URL by which a user (a service's name, `operator`, `events`) comes in. */
  readonly urlOf: (user: string) => string;
}

/** What a NATS server says about itself on connection. */
export interface NatsInfo {
  readonly version: string;
  readonly max_payload: number;
  readonly jetstream?: boolean;
}

export function natsServer({ binary, port, dir, logFile, passwordOf }: NatsOptions): NatsServer {
  fs.mkdirSync(dir, { recursive: true, mode: 0o700 });
  const configFile = path.join(dir, 'nats.conf');
  fs.writeFileSync(configFile, configuration(port, path.join(dir, 'jetstream')), { mode: 0o600 });
  const managed = new ManagedProcess({
    name: 'nats',
    command: binary,
    args: ['-c', configFile],
    env: { ...process.env, ...passwordVariables(passwordOf) },
    cwd: dir,
    logFile,
    deathSignal: 'SIGTERM',
    isReady: async () => (await natsInfo(LOOPBACK, port)).max_payload >= NATS_MAX_PAYLOAD_BYTES,
  });
  const urlOf = (user: string): string => `nats://${user}:${passwordOf(user)}@${LOOPBACK}:${port}`;
  return { managed, url: `nats://${LOOPBACK}:${port}`, port, urlOf };
}

/** Reads the server's `INFO {json}`; throws when nothing there speaks NATS. */
export async function natsInfo(host: string, port: number): Promise<NatsInfo> {
  const line = (await firstReply(host, port)).toString('utf8').split('\r\n')[0] ?? '';
  if (!line.startsWith('INFO ')) throw new Error(`The server at ${host}:${port} does not speak NATS.`);
  return JSON.parse(line.slice('INFO '.length)) as NatsInfo;
}

function configuration(port: number, storeDir: string): string {
  return [
    `listen: "${LOOPBACK}:${port}"`,
    `max_payload: ${NATS_MAX_PAYLOAD_BYTES}`,
    `max_pending: ${8 * NATS_MAX_PAYLOAD_BYTES}`,
    `jetstream { store_dir: ${JSON.stringify(storeDir)}, max_mem: 256M, max_file: 8G }`,
    permissions(),
  ].join('\n');
}

/** Users and their subjects, written by `npm run law -- --write`; the same file configures the servers of compose and Kubernetes. */
const permissions = (): string => fs.readFileSync(path.join(repositoryDir, 'infra/nats/permissions.conf'), 'utf8');

/** The server reads passwords from its environment; quotes make every value a string there. */
function passwordVariables(passwordOf: (user: string) => string): Record<string, string> {
  const users = permissions().matchAll(/user: "([^"]+)"\s+password: \$(\w+)/g);
  return Object.fromEntries([...users].map(([, user = '', variable = '']) => [variable, JSON.stringify(passwordOf(user))]));
}
